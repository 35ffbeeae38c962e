import type { BudgetCategory } from '../oa-base-data.ts';

/** Kinds of expense: code, description, least and greatest amount in yuan, possible VAT rates in ten thousandths. */
export interface ExpenseType {
  readonly code: string;
  readonly text: string;
  readonly yuan: readonly [number, number];
  readonly taxRates: readonly (number | null)[];
}

const NO_TAX = [null] as const;

export const EXPENSE_TYPES: Readonly<Record<BudgetCategory, readonly ExpenseType[]>> = {
  travel: [
    { code: 'rail', text: '高铁票', yuan: [54, 1748], taxRates: [900] },
    { code: 'air', text: '机票（含民航发展基金）', yuan: [380, 3620], taxRates: [900, null] },
    { code: 'hotel', text: '住宿费', yuan: [228, 2400], taxRates: [600, 300, null] },
    { code: 'meal_allowance', text: '出差伙食补助', yuan: [80, 600], taxRates: NO_TAX },
  ],
  entertainment: [
    { code: 'banquet', text: '客户招待餐费', yuan: [200, 6800], taxRates: [600, null] },
    { code: 'gift', text: '商务礼品', yuan: [99, 2999], taxRates: [1300, null] },
  ],
  office: [
    { code: 'stationery', text: '办公用品', yuan: [5, 800], taxRates: [1300, 100, null] },
    { code: 'express', text: '快递费', yuan: [8, 120], taxRates: [600, null] },
    { code: 'printing', text: '打印装订费', yuan: [20, 900], taxRates: [1300, null] },
  ],
  transport: [
    { code: 'taxi', text: '市内打车', yuan: [11, 180], taxRates: [300, null] },
    { code: 'fuel', text: '自驾油费', yuan: [100, 600], taxRates: [1300, null] },
    { code: 'parking', text: '停车费', yuan: [5, 90], taxRates: NO_TAX },
  ],
  training: [
    { code: 'course', text: '培训课程费', yuan: [499, 12800], taxRates: [600] },
    { code: 'exam', text: '考试报名费', yuan: [60, 1500], taxRates: NO_TAX },
  ],
  other: [
    { code: 'team', text: '团队建设', yuan: [100, 5000], taxRates: [600, null] },
    { code: 'misc', text: '零星支出', yuan: [1, 300], taxRates: NO_TAX },
  ],
};

export const CLAIM_TITLES: Readonly<Record<BudgetCategory, readonly string[]>> = {
  travel: ['赴北京客户现场出差', '上海展会差旅', '深圳供应商考察', '成都项目验收出差'],
  entertainment: ['华东区重点客户招待', '合作伙伴来访接待', '年度答谢会'],
  office: ['部门办公用品补充', '快递及打印费用', '会议室耗材'],
  transport: ['市内交通费', '加班打车', '外出拜访客户自驾'],
  training: ['架构师培训', '注册会计师继续教育', '安全生产考试'],
  other: ['部门团建', '零星报销', '其他费用'],
};

export const CITIES = ['北京', '上海', '深圳', '广州', '杭州', '成都', '西安', '乌鲁木齐', null];

/**
 * Remarks with what breaks careless programs: null beside the empty text, quotes, backslashes, line breaks, full
 * width digits, four-byte characters, combining and invisible ones, things that look like SQL or JSON.
 */
// prettier-ignore
export const REMARKS = [
  null, null, null, null, '', '请尽快处理', '发票后补', '已与财务沟通；按"双签"流程', '客户写的是 O\'Brien', '路径 C:\\报销\\2026',
  '第一行\n第二行\r\n第三行', '金额：１２３．４５（全角）', '辛苦了🍜👍🏽', '𠮷野家 工作餐', '零宽\u200b空格', 'Ångström e\u0301', ' 前后有空格 ',
  '"); DROP TABLE 报销;--', '{"不是":"JSON 列"}', '100% _通配_', 'N/A', 'null',
];

export const OPINIONS_GOOD = [
  '同意',
  '同意。',
  '情况属实，同意报销',
  '已核对发票，同意',
  'OK',
  null,
  '同意👍',
];
export const OPINIONS_BAD = [
  '发票抬头不符，请更换',
  '超出标准，请补充说明',
  '附件不清晰',
  '明细与合计不一致',
  '请分开提交',
];

export const PURCHASE_TITLES = [
  '研发服务器采购',
  '季度办公家具',
  '市场活动物料',
  '测试手机采购',
  '会议投影设备',
];
/** Whom somebody who asks for goods has in mind. */
export const INTENDED_SUPPLIERS = [
  '北京京西办公用品有限公司',
  '深圳市南山科技服务有限公司',
  'O’Neill & Söhne GmbH',
  null,
];
/** [name, specification, unit, least and greatest price in yuan, expense type]. */
export const PURCHASE_ITEMS = [
  ['笔记本电脑', '14英寸 32GB/1TB', '台', 5_999, 14_999, 'equipment'],
  ['人体工学椅', null, '把', 699, 2_399, 'equipment'],
  ['4K 显示器', '27" IPS', '台', 1_299, 3_599, 'equipment'],
  ['A4 复印纸', '70g 500张/包', '包', 18, 32, 'stationery'],
  ['网线', '六类', '米', 2, 5, 'equipment'],
  ['投影仪', '5000流明', '台', 4_999, 19_999, 'equipment'],
  ['签字笔', '0.5mm 黑', '支', 1, 6, 'stationery'],
] as const;

/** What goods of that name are booked as. */
export function expenseTypeOf(item: string): string {
  return PURCHASE_ITEMS.find(([name]) => name === item)?.[5] ?? 'equipment';
}

export const CUSTOMERS = [
  '大疆创新（深圳）有限公司',
  '宁德时代新能源科技股份有限公司',
  '安克创新科技股份有限公司',
];

/** What a contract is called, and what its instalments are for: expense type and possible VAT rates. */
export const CONTRACT_KINDS = {
  purchase: { title: '设备采购合同', expenseType: 'equipment', taxRates: [1300] },
  sales: { title: '软件销售合同', expenseType: null, taxRates: [] },
  service: { title: '技术服务合同', expenseType: 'service', taxRates: [600, null] },
  lease: { title: '办公场地租赁合同', expenseType: 'rent', taxRates: [900, null] },
} as const;
export type ContractKind = keyof typeof CONTRACT_KINDS;

/** Whose budget the expense type of an instalment uses. */
export function categoryOf(expenseType: string): BudgetCategory {
  return expenseType === 'equipment' ? 'office' : 'other';
}

// prettier-ignore
export const CONTRACT_CLAUSES = [
  '甲方应于验收合格之日起三十日内支付合同价款。', '乙方保证所提供的货物为全新未使用产品。', '任何一方违约，应向守约方支付合同总额百分之十的违约金。',
  '本合同一式四份，双方各执两份，具有同等法律效力。', '未尽事宜，由双方协商解决；协商不成的，提交甲方所在地人民法院诉讼解决。',
];
