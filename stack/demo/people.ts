import type { Random } from './activity/prng.ts';

const FAMILY_NAMES = [
  ...Array.from(
    '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段章钱汤尹黎易常武乔贺赖龚文',
  ),
  '欧阳',
  '上官',
  '司马',
  '诸葛',
];
// prettier-ignore
const GIVEN_NAMES = [
  '伟', '芳', '娜', '敏', '静', '磊', '洋', '艳', '勇', '军', '杰', '娟', '涛', '明', '超', '霞', '平', '刚',
  '秀英', '桂兰', '建国', '志强', '晓东', '雨欣', '子涵', '浩然', '梓轩', '诗涵', '欣怡', '宇轩', '俊杰', '思远',
  '雅婷', '海燕', '文博', '嘉怡', '一鸣', '若曦', '天佑', '佳琪', '晨曦', '立新', '春梅', '国庆', '丽华', '振宇',
];
/** Outside the basic plane or rare: four bytes in UTF-8, missing in GBK and in utf8mb3 columns. */
const RARE_NAMES = ['𠮷田惠子', '䶮云飞', '丁𬭎', '王㛃', '欧阳𤧛', '阿依古丽·买买提'];

/** A Chinese name; about one in forty has a rare character. */
export function personName(random: Random): string {
  if (random.chance(0.025)) return random.pick(RARE_NAMES);
  return random.pick(FAMILY_NAMES) + random.pick(GIVEN_NAMES);
}

export function mobileNumber(random: Random): string {
  return `1${random.pick(['38', '39', '50', '58', '77', '86', '99'])}${digits(random, 8)}`;
}

export function bankAccount(random: Random): string {
  return `6222${digits(random, 15)}`;
}

export function digits(random: Random, length: number): string {
  return Array.from({ length }, () => String(random.int(0, 9))).join('');
}
