export interface Supplier {
  readonly code: string;
  readonly name: string;
}

/** Suppliers by the codes under which finance knows them; the OA's orders and contracts name the same codes. */
export const SUPPLIERS: readonly Supplier[] = [
  { code: 'V0001', name: '上海虹桥国际酒店有限公司' },
  { code: 'V0002', name: '北京京西办公用品有限公司' },
  { code: 'V0003', name: '深圳市南山科技服务有限公司' },
  { code: 'V0004', name: '杭州西溪云计算有限公司' },
  { code: 'V0005', name: '广州白云会展服务有限公司' },
  { code: 'V0006', name: '成都锦江培训咨询有限公司' },
  { code: 'V0007', name: '南京紫金印务有限公司' },
  { code: 'V0008', name: '武汉光谷物业管理有限公司' },
  { code: 'V0009', name: '苏州工业园区餐饮管理有限公司' },
  { code: 'V0010', name: '西安雁塔旅行社有限公司' },
  { code: 'V0011', name: '青岛海信租车服务有限公司' },
  { code: 'V0012', name: 'O’Neill & Söhne GmbH' },
];

/** It is paid in US dollars. */
export const FOREIGN_SUPPLIER = 'V0012';
