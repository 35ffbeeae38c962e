-- The demo's OA database, for MariaDB (run on 11.4; not on MySQL). Run with the database selected.
-- Shaped like the OA systems met in practice: no foreign keys (so arrival order is not referential order),
-- snowflake ids above 2^53, three styles of soft delete, wall-clock DATETIME beside TIMESTAMP, Chinese text.
-- DATETIME columns hold Asia/Shanghai wall clock; TIMESTAMP columns are instants (sessions use time_zone '+08:00').
-- The collation is named because the server's default differs between MariaDB versions and MySQL.

CREATE TABLE IF NOT EXISTS department (
  id               INT UNSIGNED      NOT NULL              COMMENT '部门ID',
  parent_id        INT UNSIGNED      NULL                  COMMENT '上级部门ID，根部门为空',
  code             VARCHAR(20)       NOT NULL              COMMENT '部门编码',
  name             VARCHAR(100)      NOT NULL              COMMENT '部门名称',
  tree_path        VARCHAR(255)      NOT NULL              COMMENT '部门路径，如 /1/12/',
  manager_no       VARCHAR(20)       NULL                  COMMENT '部门负责人工号',
  sort_no          SMALLINT          NOT NULL DEFAULT 0    COMMENT '排序，可为负',
  is_active        TINYINT(1)        NOT NULL DEFAULT 1    COMMENT '是否启用',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_department_code (code),
  KEY idx_department_parent (parent_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='部门';

CREATE TABLE IF NOT EXISTS employee (
  id               BIGINT            NOT NULL              COMMENT '员工ID（雪花）',
  employee_no      VARCHAR(20)       NOT NULL              COMMENT '工号',
  name             VARCHAR(50)       NOT NULL              COMMENT '姓名',
  gender           ENUM('male','female','unknown') NOT NULL DEFAULT 'unknown' COMMENT '性别',
  department_id    INT UNSIGNED      NOT NULL              COMMENT '所属部门ID',
  job_title        VARCHAR(60)       NULL                  COMMENT '职务',
  email            VARCHAR(120)      NULL                  COMMENT '邮箱',
  mobile           CHAR(11)          NULL                  COMMENT '手机号',
  bank_account     VARCHAR(32)       NULL                  COMMENT '报销收款账号',
  hired_on         DATE              NOT NULL              COMMENT '入职日期',
  left_on          DATE              NULL                  COMMENT '离职日期',
  status           ENUM('probation','regular','left') NOT NULL DEFAULT 'probation' COMMENT '在职状态',
  extra            JSON              NULL                  COMMENT '扩展信息',
  is_deleted       TINYINT(1)        NOT NULL DEFAULT 0    COMMENT '删除标志：0 正常 1 已删除',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_employee_no (employee_no),
  KEY idx_employee_department (department_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='员工';

CREATE TABLE IF NOT EXISTS budget (
  id               INT UNSIGNED      NOT NULL AUTO_INCREMENT COMMENT '预算ID',
  fiscal_year      YEAR              NOT NULL              COMMENT '预算年度',
  department_id    INT UNSIGNED      NOT NULL              COMMENT '部门ID',
  category         ENUM('travel','entertainment','office','transport','training','other') NOT NULL COMMENT '费用类别',
  total_amount     DECIMAL(18,2)     NOT NULL              COMMENT '预算总额（元）',
  reserved_amount  DECIMAL(18,2)     NOT NULL DEFAULT 0.00 COMMENT '占用金额（元），等于占用减释放之和',
  consumed_amount  DECIMAL(18,2)     NOT NULL DEFAULT 0.00 COMMENT '已用金额（元），等于使用之和，可超预算',
  warning_rate     DECIMAL(5,4)      NOT NULL DEFAULT 0.8000 COMMENT '预警比例',
  version          INT UNSIGNED      NOT NULL DEFAULT 0    COMMENT '乐观锁版本',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_budget (fiscal_year, department_id, category)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='部门年度预算';

-- What documents do to budgets: an instalment of a contract reserves until its payment is approved; claims and payments
-- use. A document does each of these once at most.
CREATE TABLE IF NOT EXISTS budget_entry (
  id               BIGINT            NOT NULL              COMMENT '预算明细ID（雪花）',
  budget_id        INT UNSIGNED      NOT NULL              COMMENT '预算ID',
  doc_type         ENUM('expense_claim','contract_payment_plan','contract_payment') NOT NULL COMMENT '单据类型',
  doc_id           BIGINT            NOT NULL              COMMENT '单据ID',
  movement         ENUM('reserve','release','consume') NOT NULL COMMENT '变动：占用、释放、使用',
  amount           DECIMAL(18,2)     NOT NULL              COMMENT '金额（元）',
  entered_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '发生时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_budget_entry (doc_type, doc_id, movement),
  KEY idx_budget_entry_budget (budget_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='预算占用明细';

-- Applicant number and department code are copied into the document, as OA forms do: a later transfer of the
-- employee must not change who claimed, nor for which department.
CREATE TABLE IF NOT EXISTS expense_claim (
  id               BIGINT            NOT NULL              COMMENT '报销单ID（雪花）',
  claim_no         VARCHAR(32)       NOT NULL              COMMENT '报销单号',
  applicant_id     BIGINT            NOT NULL              COMMENT '申请人ID',
  applicant_no     VARCHAR(20)       NOT NULL              COMMENT '申请人工号',
  department_id    INT UNSIGNED      NOT NULL              COMMENT '费用承担部门ID',
  department_code  VARCHAR(20)       NOT NULL              COMMENT '费用承担部门编码',
  title            VARCHAR(200)      NOT NULL              COMMENT '事由',
  category         ENUM('travel','entertainment','office','transport','training','other') NOT NULL COMMENT '费用类别',
  currency         CHAR(3)           NOT NULL DEFAULT 'CNY' COMMENT '币种',
  total_amount     DECIMAL(18,2)     NOT NULL              COMMENT '报销总额，等于明细之和',
  status           ENUM('draft','submitted','approved','rejected','withdrawn') NOT NULL DEFAULT 'draft' COMMENT '单据状态',
  revision         INT UNSIGNED      NOT NULL DEFAULT 0    COMMENT '提交次数，退回或撤回后再提交加一',
  current_node     TINYINT           NOT NULL DEFAULT 0    COMMENT '当前审批节点：0 起草 1 部门经理 2 财务 -1 结束',
  is_urgent        TINYINT(1)        NOT NULL DEFAULT 0    COMMENT '是否加急',
  trip_from        DATE              NULL                  COMMENT '费用开始日期',
  trip_to          DATE              NULL                  COMMENT '费用结束日期',
  remark           TEXT              NULL                  COMMENT '备注',
  attachments      JSON              NULL                  COMMENT '附件列表',
  submitted_at     DATETIME(3)       NULL                  COMMENT '最近提交时间',
  approved_at      TIMESTAMP(3)      NULL DEFAULT NULL     COMMENT '审批通过时间',
  is_deleted       TINYINT(1)        NOT NULL DEFAULT 0    COMMENT '删除标志：0 正常 1 已删除',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(6)      NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_expense_claim_no (claim_no),
  KEY idx_expense_claim_status (status, is_deleted)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='费用报销单';

-- Saving a claim deletes all its lines and inserts them anew, with new ids.
CREATE TABLE IF NOT EXISTS expense_claim_line (
  id               BIGINT            NOT NULL              COMMENT '明细ID（雪花）',
  claim_id         BIGINT            NOT NULL              COMMENT '报销单ID',
  line_no          SMALLINT UNSIGNED NOT NULL              COMMENT '行号，从 1 起',
  expense_type     VARCHAR(30)       NOT NULL              COMMENT '费用类型编码',
  occurred_on      DATE              NOT NULL              COMMENT '发生日期',
  description      VARCHAR(500)      NULL                  COMMENT '说明',
  city             VARCHAR(60)       NULL                  COMMENT '城市',
  amount           DECIMAL(18,2)     NOT NULL              COMMENT '含税金额',
  tax_rate         DECIMAL(5,4)      NULL                  COMMENT '税率，无专用发票为空',
  tax_amount       DECIMAL(18,2)     NULL                  COMMENT '税额',
  invoice_no       VARCHAR(32)       NULL                  COMMENT '发票号码',
  mileage_km       DOUBLE            NULL                  COMMENT '自驾里程（公里）',
  extra            JSON              NULL                  COMMENT '扩展信息',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_expense_claim_line (claim_id, line_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='费用报销明细';

CREATE TABLE IF NOT EXISTS approval_record (
  id               BIGINT            NOT NULL              COMMENT '审批记录ID（雪花）',
  doc_type         ENUM('expense_claim','purchase_request','contract','contract_payment') NOT NULL COMMENT '单据类型',
  doc_id           BIGINT            NOT NULL              COMMENT '单据ID',
  revision         INT UNSIGNED      NOT NULL              COMMENT '单据提交次数',
  node_no          TINYINT UNSIGNED  NOT NULL              COMMENT '节点序号',
  node_name        VARCHAR(50)       NOT NULL              COMMENT '节点名称',
  approver_no      VARCHAR(20)       NOT NULL              COMMENT '处理人工号',
  approver_name    VARCHAR(50)       NOT NULL              COMMENT '处理人姓名',
  action           ENUM('submit','approve','reject','withdraw') NOT NULL COMMENT '动作',
  opinion          VARCHAR(1000)     NULL                  COMMENT '审批意见',
  seconds_waited   INT UNSIGNED      NULL                  COMMENT '等待秒数，提交时为空',
  acted_at         TIMESTAMP(6)      NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT '处理时间',
  PRIMARY KEY (id),
  KEY idx_approval_record_doc (doc_type, doc_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='审批记录';

CREATE TABLE IF NOT EXISTS purchase_request (
  id               BIGINT            NOT NULL              COMMENT '采购申请ID（雪花）',
  request_no       VARCHAR(32)       NOT NULL              COMMENT '采购申请单号',
  applicant_no     VARCHAR(20)       NOT NULL              COMMENT '申请人工号',
  department_code  VARCHAR(20)       NOT NULL              COMMENT '需求部门编码',
  title            VARCHAR(200)      NOT NULL              COMMENT '采购事由',
  supplier_name    VARCHAR(120)      NULL                  COMMENT '意向供应商',
  currency         CHAR(3)           NOT NULL DEFAULT 'CNY' COMMENT '币种',
  total_amount     DECIMAL(18,2)     NOT NULL              COMMENT '预计总额',
  status           ENUM('draft','submitted','approved','rejected','closed') NOT NULL DEFAULT 'draft' COMMENT '单据状态',
  revision         INT UNSIGNED      NOT NULL DEFAULT 0    COMMENT '提交次数',
  services         SET('install','training','invoice','urgent') NULL COMMENT '附加要求',
  need_by          DATE              NULL                  COMMENT '需求日期',
  attachments      JSON              NULL                  COMMENT '附件列表',
  submitted_at     DATETIME(3)       NULL                  COMMENT '最近提交时间',
  delete_time      BIGINT            NOT NULL DEFAULT 0    COMMENT '删除时间（毫秒），0 为未删除',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_purchase_request_no (request_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='采购申请';

-- Composite key: an edit deletes and inserts rows of the same key in one transaction.
CREATE TABLE IF NOT EXISTS purchase_request_line (
  request_id       BIGINT            NOT NULL              COMMENT '采购申请ID',
  line_no          SMALLINT UNSIGNED NOT NULL              COMMENT '行号，从 1 起',
  item_name        VARCHAR(200)      NOT NULL              COMMENT '物品名称',
  spec             VARCHAR(200)      NULL                  COMMENT '规格型号',
  unit             VARCHAR(10)       NOT NULL              COMMENT '单位',
  quantity         DECIMAL(12,3)     NOT NULL              COMMENT '数量',
  unit_price       DECIMAL(18,4)     NOT NULL              COMMENT '单价',
  amount           DECIMAL(18,2)     NOT NULL              COMMENT '金额',
  remark           VARCHAR(200)      NULL                  COMMENT '备注',
  PRIMARY KEY (request_id, line_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='采购申请明细';

-- An order is made of one approved request, whose lines it takes over at the prices agreed with the supplier.
CREATE TABLE IF NOT EXISTS purchase_order (
  id               BIGINT            NOT NULL              COMMENT '采购订单ID（雪花）',
  order_no         VARCHAR(32)       NOT NULL              COMMENT '采购订单号',
  request_id       BIGINT            NOT NULL              COMMENT '采购申请ID',
  buyer_no         VARCHAR(20)       NOT NULL              COMMENT '采购员工号',
  department_code  VARCHAR(20)       NOT NULL              COMMENT '需求部门编码',
  supplier_code    VARCHAR(20)       NOT NULL              COMMENT '供应商编码',
  supplier_name    VARCHAR(120)      NOT NULL              COMMENT '供应商名称',
  currency         CHAR(3)           NOT NULL DEFAULT 'CNY' COMMENT '币种',
  total_amount     DECIMAL(18,2)     NOT NULL              COMMENT '订单总额（不含税），等于明细之和',
  status           ENUM('open','closed') NOT NULL DEFAULT 'open' COMMENT '订单状态',
  ordered_on       DATE              NOT NULL              COMMENT '下单日期',
  deliver_by       DATE              NULL                  COMMENT '约定交货日期',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_purchase_order_no (order_no),
  UNIQUE KEY uk_purchase_order_request (request_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='采购订单';

CREATE TABLE IF NOT EXISTS purchase_order_line (
  order_id         BIGINT            NOT NULL              COMMENT '采购订单ID',
  line_no          SMALLINT UNSIGNED NOT NULL              COMMENT '行号，同采购申请',
  item_name        VARCHAR(200)      NOT NULL              COMMENT '物品名称',
  spec             VARCHAR(200)      NULL                  COMMENT '规格型号',
  expense_type     VARCHAR(30)       NOT NULL              COMMENT '费用类型编码',
  unit             VARCHAR(10)       NOT NULL              COMMENT '单位',
  quantity         DECIMAL(12,3)     NOT NULL              COMMENT '订购数量',
  received         DECIMAL(12,3)     NOT NULL DEFAULT 0.000 COMMENT '已入库数量',
  unit_price       DECIMAL(18,4)     NOT NULL              COMMENT '不含税单价',
  amount           DECIMAL(18,2)     NOT NULL              COMMENT '不含税金额',
  PRIMARY KEY (order_id, line_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='采购订单明细';

-- Goods that came for an order, all of it or a part. A mistake is corrected in the receipt itself; goods that go back
-- cancel it, and the supplier's invoice takes its place.
CREATE TABLE IF NOT EXISTS goods_receipt (
  id               BIGINT            NOT NULL              COMMENT '采购入库单ID（雪花）',
  receipt_no       VARCHAR(32)       NOT NULL              COMMENT '采购入库单号',
  order_id         BIGINT            NOT NULL              COMMENT '采购订单ID',
  keeper_no        VARCHAR(20)       NOT NULL              COMMENT '收货人工号',
  department_code  VARCHAR(20)       NOT NULL              COMMENT '费用承担部门编码',
  supplier_code    VARCHAR(20)       NOT NULL              COMMENT '供应商编码',
  currency         CHAR(3)           NOT NULL DEFAULT 'CNY' COMMENT '币种',
  total_amount     DECIMAL(18,2)     NOT NULL              COMMENT '入库总额（不含税），等于明细之和',
  status           ENUM('received','invoiced','cancelled') NOT NULL DEFAULT 'received' COMMENT '单据状态',
  remark           VARCHAR(200)      NULL                  COMMENT '备注',
  received_at      TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT '入库时间',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_goods_receipt_no (receipt_no),
  KEY idx_goods_receipt_order (order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='采购入库单';

-- Composite key: a correction deletes and inserts rows of the same key in one transaction.
CREATE TABLE IF NOT EXISTS goods_receipt_line (
  receipt_id       BIGINT            NOT NULL              COMMENT '采购入库单ID',
  line_no          SMALLINT UNSIGNED NOT NULL              COMMENT '行号，同采购订单',
  expense_type     VARCHAR(30)       NOT NULL              COMMENT '费用类型编码',
  quantity         DECIMAL(12,3)     NOT NULL              COMMENT '入库数量',
  unit_price       DECIMAL(18,4)     NOT NULL              COMMENT '不含税单价',
  amount           DECIMAL(18,2)     NOT NULL              COMMENT '不含税金额',
  PRIMARY KEY (receipt_id, line_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='采购入库明细';

CREATE TABLE IF NOT EXISTS contract (
  id               BIGINT            NOT NULL              COMMENT '合同ID（雪花）',
  contract_no      VARCHAR(32)       NOT NULL              COMMENT '合同编号',
  title            VARCHAR(200)      NOT NULL              COMMENT '合同名称',
  counterparty     VARCHAR(120)      NOT NULL              COMMENT '对方单位',
  supplier_code    VARCHAR(20)       NULL                  COMMENT '供应商编码，对方不是供应商时为空',
  kind             ENUM('purchase','sales','service','lease') NOT NULL COMMENT '合同类型',
  amount           DECIMAL(18,2)     NULL                  COMMENT '合同金额，框架合同为空',
  currency         CHAR(3)           NOT NULL DEFAULT 'CNY' COMMENT '币种',
  owner_no         VARCHAR(20)       NOT NULL              COMMENT '经办人工号',
  department_code  VARCHAR(20)       NOT NULL              COMMENT '经办部门编码',
  status           ENUM('drafting','reviewing','active','terminated') NOT NULL DEFAULT 'drafting' COMMENT '合同状态',
  signed_on        DATE              NULL                  COMMENT '签订日期',
  effective_from   DATE              NULL                  COMMENT '生效日期',
  effective_to     DATE              NULL                  COMMENT '到期日期，9999-12-31 为长期',
  terms            MEDIUMTEXT        NULL                  COMMENT '主要条款',
  content_digest   BINARY(32)        NULL                  COMMENT '正文 SHA-256',
  seal_serial      BIGINT UNSIGNED   NULL                  COMMENT '电子印章序列号（64 位无符号）',
  deleted          BIT(1)            NOT NULL DEFAULT b'0' COMMENT '是否删除',
  created_at       DATETIME(3)       NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_contract_no (contract_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='合同台账';

-- Drawn up when the contract is sealed. An instalment reserves its net amount in the budget of its year.
CREATE TABLE IF NOT EXISTS contract_payment_plan (
  id               BIGINT            NOT NULL              COMMENT '付款计划ID（雪花）',
  contract_id      BIGINT            NOT NULL              COMMENT '合同ID',
  instalment_no    SMALLINT UNSIGNED NOT NULL              COMMENT '期次，从 1 起',
  due_on           DATE              NOT NULL              COMMENT '应付日期',
  budget_year      YEAR              NOT NULL              COMMENT '预算年度',
  expense_type     VARCHAR(30)       NOT NULL              COMMENT '费用类型编码',
  amount           DECIMAL(18,2)     NOT NULL              COMMENT '应付金额（含税）',
  tax_rate         DECIMAL(5,4)      NULL                  COMMENT '税率，无专用发票为空',
  tax_amount       DECIMAL(18,2)     NOT NULL DEFAULT 0.00 COMMENT '税额',
  status           ENUM('planned','requested','approved','cancelled') NOT NULL DEFAULT 'planned' COMMENT '状态',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(3)      NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_contract_payment_plan (contract_id, instalment_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='合同付款计划';

CREATE TABLE IF NOT EXISTS contract_payment (
  id               BIGINT            NOT NULL              COMMENT '付款申请ID（雪花）',
  request_no       VARCHAR(32)       NOT NULL              COMMENT '付款申请单号',
  contract_id      BIGINT            NOT NULL              COMMENT '合同ID',
  contract_no      VARCHAR(32)       NOT NULL              COMMENT '合同编号',
  plan_id          BIGINT            NOT NULL              COMMENT '付款计划ID',
  applicant_no     VARCHAR(20)       NOT NULL              COMMENT '申请人工号',
  department_code  VARCHAR(20)       NOT NULL              COMMENT '费用承担部门编码',
  supplier_code    VARCHAR(20)       NOT NULL              COMMENT '供应商编码',
  title            VARCHAR(200)      NOT NULL              COMMENT '事由',
  budget_year      YEAR              NOT NULL              COMMENT '预算年度',
  currency         CHAR(3)           NOT NULL DEFAULT 'CNY' COMMENT '币种',
  total_amount     DECIMAL(18,2)     NOT NULL              COMMENT '申请总额（含税），等于明细之和',
  status           ENUM('draft','submitted','approved','rejected','withdrawn') NOT NULL DEFAULT 'draft' COMMENT '单据状态',
  revision         INT UNSIGNED      NOT NULL DEFAULT 0    COMMENT '提交次数，退回或撤回后再提交加一',
  current_node     TINYINT           NOT NULL DEFAULT 0    COMMENT '当前审批节点：0 起草 1 部门经理 2 财务 -1 结束',
  submitted_at     DATETIME(3)       NULL                  COMMENT '最近提交时间',
  approved_at      TIMESTAMP(3)      NULL DEFAULT NULL     COMMENT '审批通过时间',
  is_deleted       TINYINT(1)        NOT NULL DEFAULT 0    COMMENT '删除标志：0 正常 1 已删除',
  created_at       DATETIME          NOT NULL              COMMENT '创建时间',
  updated_at       TIMESTAMP(6)      NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6) COMMENT '更新时间',
  PRIMARY KEY (id),
  UNIQUE KEY uk_contract_payment_no (request_no),
  KEY idx_contract_payment_plan (plan_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='合同付款申请';

-- Saving a request deletes all its lines and inserts them anew, with new ids.
CREATE TABLE IF NOT EXISTS contract_payment_line (
  id               BIGINT            NOT NULL              COMMENT '明细ID（雪花）',
  payment_id       BIGINT            NOT NULL              COMMENT '付款申请ID',
  line_no          SMALLINT UNSIGNED NOT NULL              COMMENT '行号，从 1 起',
  expense_type     VARCHAR(30)       NOT NULL              COMMENT '费用类型编码',
  description      VARCHAR(500)      NULL                  COMMENT '说明',
  amount           DECIMAL(18,2)     NOT NULL              COMMENT '含税金额',
  tax_rate         DECIMAL(5,4)      NULL                  COMMENT '税率，无专用发票为空',
  tax_amount       DECIMAL(18,2)     NULL                  COMMENT '税额',
  invoice_no       VARCHAR(32)       NULL                  COMMENT '发票号码',
  PRIMARY KEY (id),
  UNIQUE KEY uk_contract_payment_line (payment_id, line_no)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='合同付款申请明细';

-- One row per committed transaction of the activity generator. An OA keeps such a log for audits; here it also
-- tells, after a connection lost during COMMIT, whether the transaction took place.
CREATE TABLE IF NOT EXISTS operation_log (
  id               BIGINT            NOT NULL              COMMENT '日志ID（雪花）',
  operator_no      VARCHAR(20)       NOT NULL              COMMENT '操作人工号',
  action           VARCHAR(40)       NOT NULL              COMMENT '操作',
  target_type      VARCHAR(40)       NOT NULL              COMMENT '对象类型',
  target_id        BIGINT            NULL                  COMMENT '对象ID',
  client_ip        VARCHAR(45)       NULL                  COMMENT '客户端地址',
  detail           JSON              NULL                  COMMENT '详情',
  created_at       TIMESTAMP(6)      NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT '操作时间',
  PRIMARY KEY (id),
  KEY idx_operation_log_created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='操作日志';

-- Written by the connector's heartbeat, so that the captured position moves while the office is quiet.
CREATE TABLE IF NOT EXISTS counterfoil_heartbeat (
  id               INT               NOT NULL              COMMENT '固定为 1',
  beat             TIMESTAMP(6)      NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT '心跳时间',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='采集心跳';

-- Through this table the connector is told which rows to read again; it also writes its own marks here.
CREATE TABLE IF NOT EXISTS counterfoil_signal (
  id               VARCHAR(64)       NOT NULL              COMMENT '信号编号',
  type             VARCHAR(32)       NOT NULL              COMMENT '信号类型',
  data             TEXT              NULL                  COMMENT '参数（JSON）',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='采集信号';

INSERT IGNORE INTO counterfoil_heartbeat (id, beat) VALUES (1, CURRENT_TIMESTAMP(6));
