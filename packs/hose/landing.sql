-- Where a job puts what the API of Hose (合思) answers. Each answer replaces the row of its document; the payload is kept as it
-- came, and what rows are found by is lifted out of it. A document that Hose no longer has gets the state 'deleted'.
CREATE TABLE hose_document (
  id VARCHAR(100) NOT NULL PRIMARY KEY COMMENT '单据ID: id',
  corporation_id VARCHAR(100) NOT NULL COMMENT '企业ID: corporationId',
  form_type VARCHAR(40) NOT NULL COMMENT '单据类型: formType',
  state VARCHAR(40) NOT NULL COMMENT '单据状态: state',
  legal_entity_id VARCHAR(200) NULL COMMENT '法人实体: form.法人实体',
  submitter_id VARCHAR(200) NULL COMMENT '提交人: form.submitterId',
  department_id VARCHAR(200) NULL COMMENT '费用承担部门: form.expenseDepartment',
  document LONGTEXT NOT NULL COMMENT '单据 JSON',
  received_at DATETIME(3) NOT NULL COMMENT '接收时间（北京时间）'
) CHARACTER SET utf8mb4;

CREATE TABLE hose_staff (
  id VARCHAR(200) NOT NULL PRIMARY KEY COMMENT '员工ID',
  code VARCHAR(100) NULL COMMENT '工号',
  name VARCHAR(200) NULL COMMENT '姓名'
) CHARACTER SET utf8mb4;

CREATE TABLE hose_department (
  id VARCHAR(200) NOT NULL PRIMARY KEY COMMENT '部门ID',
  code VARCHAR(100) NULL COMMENT '部门编码',
  name VARCHAR(200) NULL COMMENT '部门名称'
) CHARACTER SET utf8mb4;

CREATE TABLE hose_fee_type (
  id VARCHAR(200) NOT NULL PRIMARY KEY COMMENT '费用类型ID',
  corporation_id VARCHAR(100) NOT NULL COMMENT '企业ID',
  code VARCHAR(100) NULL COMMENT '费用类型编码',
  name VARCHAR(200) NULL COMMENT '费用类型名称'
) CHARACTER SET utf8mb4;
