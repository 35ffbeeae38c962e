/** The open dead letters of each route, as they were counted last. */
export class OpenLetters {
  private readonly routes = new Map<
    string,
    { readonly open: ReadonlyMap<string, number>; readonly oldest: number | null }
  >();

  /** `oldest` is when the oldest open letter came, milliseconds since the epoch. */
  seen(route: string, open: ReadonlyMap<string, number>, oldest: number | null): void {
    this.routes.set(route, { open, oldest });
  }

  counts(): { readonly route: string; readonly code: string; readonly count: number }[] {
    return [...this.routes].flatMap(([route, { open }]) =>
      [...open].map(([code, count]) => ({ route, code, count })),
    );
  }

  /** 0 seconds for a route that has none. */
  ages(now: number): { readonly route: string; readonly seconds: number }[] {
    return [...this.routes].map(([route, { oldest }]) => ({
      route,
      seconds: oldest === null ? 0 : (now - oldest) / 1_000,
    }));
  }
}
