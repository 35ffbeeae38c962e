import type { Value } from '../../../../packs/process-engine/value.ts';

/** What a JVM (17) wrote, in base64, and what it means. */
export const READABLE: readonly { readonly what: string; readonly bytes: string; readonly means: unknown }[] =
  [
    {
      what: 'new BigDecimal("2691.76")',
      bytes:
        'rO0ABXNyABRqYXZhLm1hdGguQmlnRGVjaW1hbFTHFVf5gShPAwACSQAFc2NhbGVMAAZpbnRWYWx0ABZMamF2YS9tYXRoL0JpZ0ludGVnZXI7eHIAEGphdmEubGFuZy5OdW1iZXKGrJUdC5TgiwIAAHhwAAAAAnNyABRqYXZhLm1hdGguQmlnSW50ZWdlcoz8nx+pO/sdAwAGSQAIYml0Q291bnRJAAliaXRMZW5ndGhJABNmaXJzdE5vbnplcm9CeXRlTnVtSQAMbG93ZXN0U2V0Qml0SQAGc2lnbnVtWwAJbWFnbml0dWRldAACW0J4cQB+AAL///////////////7////+AAAAAXVyAAJbQqzzF/gGCFTgAgAAeHAAAAADBBt4eHg=',
      means: '2691.76',
    },
    {
      what: 'new BigDecimal("-0.05")',
      bytes:
        'rO0ABXNyABRqYXZhLm1hdGguQmlnRGVjaW1hbFTHFVf5gShPAwACSQAFc2NhbGVMAAZpbnRWYWx0ABZMamF2YS9tYXRoL0JpZ0ludGVnZXI7eHIAEGphdmEubGFuZy5OdW1iZXKGrJUdC5TgiwIAAHhwAAAAAnNyABRqYXZhLm1hdGguQmlnSW50ZWdlcoz8nx+pO/sdAwAGSQAIYml0Q291bnRJAAliaXRMZW5ndGhJABNmaXJzdE5vbnplcm9CeXRlTnVtSQAMbG93ZXN0U2V0Qml0SQAGc2lnbnVtWwAJbWFnbml0dWRldAACW0J4cQB+AAL///////////////7////+/////3VyAAJbQqzzF/gGCFTgAgAAeHAAAAABBXh4',
      means: '-0.05',
    },
    {
      what: 'new BigDecimal("1.2E+4")',
      bytes:
        'rO0ABXNyABRqYXZhLm1hdGguQmlnRGVjaW1hbFTHFVf5gShPAwACSQAFc2NhbGVMAAZpbnRWYWx0ABZMamF2YS9tYXRoL0JpZ0ludGVnZXI7eHIAEGphdmEubGFuZy5OdW1iZXKGrJUdC5TgiwIAAHhw/////XNyABRqYXZhLm1hdGguQmlnSW50ZWdlcoz8nx+pO/sdAwAGSQAIYml0Q291bnRJAAliaXRMZW5ndGhJABNmaXJzdE5vbnplcm9CeXRlTnVtSQAMbG93ZXN0U2V0Qml0SQAGc2lnbnVtWwAJbWFnbml0dWRldAACW0J4cQB+AAL///////////////7////+AAAAAXVyAAJbQqzzF/gGCFTgAgAAeHAAAAABDHh4',
      means: '12000',
    },
    {
      what: 'new BigDecimal("0.00")',
      bytes:
        'rO0ABXNyABRqYXZhLm1hdGguQmlnRGVjaW1hbFTHFVf5gShPAwACSQAFc2NhbGVMAAZpbnRWYWx0ABZMamF2YS9tYXRoL0JpZ0ludGVnZXI7eHIAEGphdmEubGFuZy5OdW1iZXKGrJUdC5TgiwIAAHhwAAAAAnNyABRqYXZhLm1hdGguQmlnSW50ZWdlcoz8nx+pO/sdAwAGSQAIYml0Q291bnRJAAliaXRMZW5ndGhJABNmaXJzdE5vbnplcm9CeXRlTnVtSQAMbG93ZXN0U2V0Qml0SQAGc2lnbnVtWwAJbWFnbml0dWRldAACW0J4cQB+AAL///////////////7////+AAAAAHVyAAJbQqzzF/gGCFTgAgAAeHAAAAAAeHg=',
      means: '0.00',
    },
    {
      what: 'a BigInteger',
      bytes:
        'rO0ABXNyABRqYXZhLm1hdGguQmlnSW50ZWdlcoz8nx+pO/sdAwAGSQAIYml0Q291bnRJAAliaXRMZW5ndGhJABNmaXJzdE5vbnplcm9CeXRlTnVtSQAMbG93ZXN0U2V0Qml0SQAGc2lnbnVtWwAJbWFnbml0dWRldAACW0J4cgAQamF2YS5sYW5nLk51bWJlcoaslR0LlOCLAgAAeHD///////////////7////+/////3VyAAJbQqzzF/gGCFTgAgAAeHAAAAAMJ+QbMka+ybFuOYEVeA==',
      means: '-12345678901234567890123456789',
    },
    {
      what: '9007199254740993L',
      bytes:
        'rO0ABXNyAA5qYXZhLmxhbmcuTG9uZzuL5JDMjyPfAgABSgAFdmFsdWV4cgAQamF2YS5sYW5nLk51bWJlcoaslR0LlOCLAgAAeHAAIAAAAAAAAQ==',
      means: '9007199254740993',
    },
    {
      what: 'a sum of doubles',
      bytes:
        'rO0ABXNyABBqYXZhLmxhbmcuRG91YmxlgLPCSilr+wQCAAFEAAV2YWx1ZXhyABBqYXZhLmxhbmcuTnVtYmVyhqyVHQuU4IsCAAB4cEFoYnugo9cN',
      means: '12784605.020000005',
    },
    {
      what: '1.5e22',
      bytes:
        'rO0ABXNyABBqYXZhLmxhbmcuRG91YmxlgLPCSilr+wQCAAFEAAV2YWx1ZXhyABBqYXZhLmxhbmcuTnVtYmVyhqyVHQuU4IsCAAB4cESJaTaJdMBb',
      means: '15000000000000000000000',
    },
    {
      what: '-7',
      bytes:
        'rO0ABXNyABFqYXZhLmxhbmcuSW50ZWdlchLioKT3gYc4AgABSQAFdmFsdWV4cgAQamF2YS5sYW5nLk51bWJlcoaslR0LlOCLAgAAeHD////5',
      means: '-7',
    },
    {
      what: 'true',
      bytes: 'rO0ABXNyABFqYXZhLmxhbmcuQm9vbGVhbs0gcoDVnPruAgABWgAFdmFsdWV4cAE=',
      means: true,
    },
    {
      what: 'null',
      bytes: 'rO0ABXA=',
      means: null,
    },
    {
      what: 'a text with a zero and characters beyond U+FFFF',
      bytes: 'rO0ABXQAF+W3ruaXhei0ucCA7aGC7b637aC87b2c',
      means: '差旅费\u0000𠮷🍜',
    },
    {
      what: 'an ArrayList of a LinkedHashMap, a HashMap that refers to one of its values, and null',
      bytes:
        'rO0ABXNyABNqYXZhLnV0aWwuQXJyYXlMaXN0eIHSHZnHYZ0DAAFJAARzaXpleHAAAAADdwQAAAADc3IAF2phdmEudXRpbC5MaW5rZWRIYXNoTWFwNMBOXBBswPsCAAFaAAthY2Nlc3NPcmRlcnhyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwACRgAKbG9hZEZhY3RvckkACXRocmVzaG9sZHhwP0AAAAAAAAx3CAAAABAAAAADdAAEdHlwZXQABWhvdGVsdAAGYW1vdW50c3IAFGphdmEubWF0aC5CaWdEZWNpbWFsVMcVV/mBKE8DAAJJAAVzY2FsZUwABmludFZhbHQAFkxqYXZhL21hdGgvQmlnSW50ZWdlcjt4cgAQamF2YS5sYW5nLk51bWJlcoaslR0LlOCLAgAAeHAAAAACc3IAFGphdmEubWF0aC5CaWdJbnRlZ2VyjPyfH6k7+x0DAAZJAAhiaXRDb3VudEkACWJpdExlbmd0aEkAE2ZpcnN0Tm9uemVyb0J5dGVOdW1JAAxsb3dlc3RTZXRCaXRJAAZzaWdudW1bAAltYWduaXR1ZGV0AAJbQnhxAH4ACv///////////////v////4AAAABdXIAAltCrPMX+AYIVOACAAB4cAAAAAL4cHh4dAADdGF4c3IAEGphdmEubGFuZy5Eb3VibGWAs8JKKWv7BAIAAUQABXZhbHVleHEAfgAKQEIAAAAAAAB4AHNxAH4AAz9AAAAAAAAMdwgAAAAQAAAAA3EAfgAHc3EAfgAIAAAAAHNxAH4ADP///////////////v////4AAAABdXEAfgAPAAAAAgImeHh0AAVhZ2FpbnEAfgALcQB+AAV0AARyYWlseHB4',
      means: [
        { type: 'hotel', amount: '636.00', tax: '36' },
        { amount: '550', again: '636.00', type: 'rail' },
        null,
      ],
    },
    {
      what: 'a LinkedList',
      bytes:
        'rO0ABXNyABRqYXZhLnV0aWwuTGlua2VkTGlzdAwpU11KYIgiAwAAeHB3BAAAAAJ0AAFhc3IAEWphdmEubGFuZy5JbnRlZ2VyEuKgpPeBhzgCAAFJAAV2YWx1ZXhyABBqYXZhLmxhbmcuTnVtYmVyhqyVHQuU4IsCAAB4cAAAAAF4',
      means: ['a', '1'],
    },
    {
      what: 'Arrays.asList',
      bytes:
        'rO0ABXNyABpqYXZhLnV0aWwuQXJyYXlzJEFycmF5TGlzdNmkPL7NiAbSAgABWwABYXQAE1tMamF2YS9sYW5nL09iamVjdDt4cHVyABdbTGphdmEuaW8uU2VyaWFsaXphYmxlO67QCaxT1+1JAgAAeHAAAAACdAABYXNyAA5qYXZhLmxhbmcuTG9uZzuL5JDMjyPfAgABSgAFdmFsdWV4cgAQamF2YS5sYW5nLk51bWJlcoaslR0LlOCLAgAAeHAAAAAAAAAAAg==',
      means: ['a', '2'],
    },
    {
      what: 'List.of(Map.of(…), …)',
      bytes:
        'rO0ABXNyABFqYXZhLnV0aWwuQ29sbFNlcleOq7Y6G6gRAwABSQADdGFneHAAAAABdwQAAAACc3EAfgAAAAAAA3cEAAAAAnQABmFtb3VudHNyABRqYXZhLm1hdGguQmlnRGVjaW1hbFTHFVf5gShPAwACSQAFc2NhbGVMAAZpbnRWYWx0ABZMamF2YS9tYXRoL0JpZ0ludGVnZXI7eHIAEGphdmEubGFuZy5OdW1iZXKGrJUdC5TgiwIAAHhwAAAAAnNyABRqYXZhLm1hdGguQmlnSW50ZWdlcoz8nx+pO/sdAwAGSQAIYml0Q291bnRJAAliaXRMZW5ndGhJABNmaXJzdE5vbnplcm9CeXRlTnVtSQAMbG93ZXN0U2V0Qml0SQAGc2lnbnVtWwAJbWFnbml0dWRldAACW0J4cQB+AAb///////////////7////+AAAAAXVyAAJbQqzzF/gGCFTgAgAAeHAAAAABbnh4eHQAAXh4',
      means: [{ amount: '1.10' }, 'x'],
    },
  ];

/** What a JVM wrote, and why it is no claim. */
export const REFUSED: readonly { readonly what: string; readonly bytes: string; readonly why: string }[] = [
  {
    what: 'a Date',
    bytes: 'rO0ABXNyAA5qYXZhLnV0aWwuRGF0ZWhqgQFLWXQZAwAAeHB3CAAAAAAAAAAAeA==',
    why: 'an object of java.util.Date',
  },
  {
    what: 'a Float',
    bytes:
      'rO0ABXNyAA9qYXZhLmxhbmcuRmxvYXTa7cmi2zzw7AIAAUYABXZhbHVleHIAEGphdmEubGFuZy5OdW1iZXKGrJUdC5TgiwIAAHhwP8AAAA==',
    why: 'an object of java.lang.Float',
  },
  {
    what: 'a HashSet',
    bytes: 'rO0ABXNyABFqYXZhLnV0aWwuSGFzaFNldLpEhZWWuLc0AwAAeHB3DAAAABA/QAAAAAAAAXQAAWF4',
    why: 'an object of java.util.HashSet',
  },
  {
    what: 'an array of bytes',
    bytes: 'rO0ABXVyAAJbQqzzF/gGCFTgAgAAeHAAAAACAQI=',
    why: 'bytes or an array where an object belongs',
  },
  {
    what: 'an enum',
    bytes:
      'rO0ABX5yABZqYXZhLm1hdGguUm91bmRpbmdNb2RlAAAAAAAAAAASAAB4cgAOamF2YS5sYW5nLkVudW0AAAAAAAAAABIAAHhwdAACVVA=',
    why: 'the tag 7e',
  },
  {
    what: 'a map whose keys are numbers',
    bytes:
      'rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwACRgAKbG9hZEZhY3RvckkACXRocmVzaG9sZHhwP0AAAAAAAAF3CAAAAAIAAAABc3IAEWphdmEubGFuZy5JbnRlZ2VyEuKgpPeBhzgCAAFJAAV2YWx1ZXhyABBqYXZhLmxhbmcuTnVtYmVyhqyVHQuU4IsCAAB4cAAAAAF0AAFheA==',
    why: 'a map with a key that is no text',
  },
  {
    what: 'a list that contains itself',
    bytes: 'rO0ABXNyABNqYXZhLnV0aWwuQXJyYXlMaXN0eIHSHZnHYZ0DAAFJAARzaXpleHAAAAABdwQAAAABcQB+AAF4',
    why: 'an object that contains itself',
  },
  {
    what: 'a BigDecimal of 100,000 digits',
    bytes:
      'rO0ABXNyABRqYXZhLm1hdGguQmlnRGVjaW1hbFTHFVf5gShPAwACSQAFc2NhbGVMAAZpbnRWYWx0ABZMamF2YS9tYXRoL0JpZ0ludGVnZXI7eHIAEGphdmEubGFuZy5OdW1iZXKGrJUdC5TgiwIAAHhwAAGGoHNyABRqYXZhLm1hdGguQmlnSW50ZWdlcoz8nx+pO/sdAwAGSQAIYml0Q291bnRJAAliaXRMZW5ndGhJABNmaXJzdE5vbnplcm9CeXRlTnVtSQAMbG93ZXN0U2V0Qml0SQAGc2lnbnVtWwAJbWFnbml0dWRldAACW0J4cQB+AAL///////////////7////+AAAAAXVyAAJbQqzzF/gGCFTgAgAAeHAAAAABAXh4',
    why: 'a BigDecimal of too many digits',
  },
];

/** Sixty lists, each of the one before it twice. */
export const DOUBLING =
  'rO0ABXNyABNqYXZhLnV0aWwuQXJyYXlMaXN0eIHSHZnHYZ0DAAFJAARzaXpleHAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJzcQB+AAAAAAACdwQAAAACc3EAfgAAAAAAAncEAAAAAnNxAH4AAAAAAAJ3BAAAAAJ0AAF4cQB+AD14cQB+ADx4cQB+ADt4cQB+ADp4cQB+ADl4cQB+ADh4cQB+ADd4cQB+ADZ4cQB+ADV4cQB+ADR4cQB+ADN4cQB+ADJ4cQB+ADF4cQB+ADB4cQB+AC94cQB+AC54cQB+AC14cQB+ACx4cQB+ACt4cQB+ACp4cQB+ACl4cQB+ACh4cQB+ACd4cQB+ACZ4cQB+ACV4cQB+ACR4cQB+ACN4cQB+ACJ4cQB+ACF4cQB+ACB4cQB+AB94cQB+AB54cQB+AB14cQB+ABx4cQB+ABt4cQB+ABp4cQB+ABl4cQB+ABh4cQB+ABd4cQB+ABZ4cQB+ABV4cQB+ABR4cQB+ABN4cQB+ABJ4cQB+ABF4cQB+ABB4cQB+AA94cQB+AA54cQB+AA14cQB+AAx4cQB+AAt4cQB+AAp4cQB+AAl4cQB+AAh4cQB+AAd4cQB+AAZ4cQB+AAV4cQB+AAR4cQB+AAN4cQB+AAJ4';

/** Maps as plain objects, so that they can be compared. */
export function plain(value: Value): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, each]) => [key, plain(each as Value)]));
  return (value as readonly Value[]).map(plain);
}
