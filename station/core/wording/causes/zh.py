"""Causes in Simplified Chinese."""

from typing import Final

from station.core.causes import Cause
from station.core.wording.tongue import Words

_C = Cause

SPANS: Final = ("{count} 秒", "{count} 分钟", "{count} 小时", "{count} 天")

CAUSES: Final[dict[Cause, Words]] = {
    _C.NEEDS_OPERATOR: Words("此操作需要操作员", "请操作员来做"),
    _C.NEEDS_SUPERVISOR: Words("此操作需要主管", "请主管来做"),
    _C.NEEDS_ADMIN: Words("此操作需要管理员", "请管理员来做"),
    _C.NEEDS_PIN: Words("此操作还需要 PIN", "在提问处输入 PIN"),
    _C.NEEDS_REASON: Words("此操作需要写明原因", "在提问处输入原因"),
    _C.NEEDS_TOTE: Words("此操作需要隔离箱", "在提问处扫描箱子标签"),
    _C.NEEDS_CASE_NUMBER: Words("此操作需要品牌方的案件编号", "在提问处输入编号"),
    _C.NEEDS_SHIPMENT: Words("此操作需要到货批次", "在到货页面选择一批"),
    _C.NEEDS_CERTIFICATE: Words("此操作需要证书的校验值", "运行 'station scanner check'"),
    _C.NEEDS_WITNESS: Words("此操作需要见证人", "在提问处扫描见证人工牌"),
    _C.NEEDS_OTHER_WITNESS: Words("本人不能见证自己的操作", "换另一个人见证"),
    _C.NEEDS_WITNESS_PIN: Words("此操作还需要见证人的 PIN", "请见证人在提问处输入"),
    _C.ACT_NOT_JOURNALLED: Words("无法写入日志：{why}", "请重试，未做任何更改"),
    _C.ENGINE_BUSY: Words("系统繁忙", "请重试"),
    _C.NOT_UNDER_REVIEW: Words("待复核列表中没有 {scan}", "重新查看列表"),
    _C.REVIEW_ENDED: Words("{scan} 的复核已由 {by} 结束", "如有误，请撤销该操作"),
    _C.SAME_OR_SECOND: Words("此件已在此收货：是同一件还是第二件？", "请先回答此问题"),
    _C.NO_SUCH_UNIT_HERE: Words("这里没有可能是它的同码商品", "请放行、退回、确认假冒或销毁"),
    _C.NO_UNIT_RECEIVED: Words("这里没有收过此码的商品", "仅对重复扫描这样回答，它仍待复核"),
    _C.RELEASE_UNPROVEN: Words(
        "其条码不能证明是哪一件", "请退回、确认假冒或销毁；如缺密钥，先运行 'station sync'"
    ),
    _C.OTHER_ITEMS: Words("另有同码商品待复核或待取回：{scans}", "先结束其复核并关闭取回任务"),
    _C.REGISTRY_SAYS: Words(
        "登记库仍显示：{reason}", "如已解除，运行 'station sync'；否则退回或销毁"
    ),
    _C.STANDS_FOR_GOOD: Words("此件状态为 {state}，放行不能改变", "请退回或销毁"),
    _C.STANDS_REPLACED: Words(
        "此件状态为 {state}，放行不能改变", "如是正品且其码已转给别件，请换标；否则退回或销毁"
    ),
    _C.RELABEL_UNPROVEN: Words("其条码不能证明是哪一件，无法换码", "请退回、确认假冒或销毁"),
    _C.OTHER_TO_FETCH: Words("另一件同码商品尚待取回", "先关闭该任务，再对比两件"),
    _C.KEEPS_ITS_CODE: Words("此件状态为 {state}，保留原码", "请退回或销毁"),
    _C.LABEL_PROVES_NOTHING: Words("新标签不能证明任何商品", "请打印未使用的条码标签"),
    _C.LABEL_NOT_FREE: Words("新标签的商品不可用：{reason}", "请用从未收货的商品标签"),
    _C.LABEL_OF_OTHER_PRODUCT: Words(
        "新标签属于产品 {label}，商品属于 {item}", "请用同一产品的标签"
    ),
    _C.NO_TASK: Words("没有编号为 {scan} 的取回任务", "重新查看列表"),
    _C.TASK_CLOSED: Words("该任务已由 {by} 关闭", "重新查看列表"),
    _C.NOTHING_TO_UNDO: Words("日志中没有 {scan}", "请选择日志中的一行"),
    _C.NOT_ONES_OWN: Words("只有本人可在 15 分钟内撤销，隔离除外", "请主管来做"),
    _C.NOTHING_CHANGED: Words("该判定未改变任何商品的状态", "如在待复核中，请结束复核"),
    _C.OLDER_RELEASE: Words("旧版本记录时未存先前状态", "请用新的操作处理此件"),
    _C.UNDO_STAYS: Words("撤销不能再被撤销", "请重做被撤销的操作"),
    _C.ACT_IS_FINAL: Words("此操作为最终操作：{act}", "请重新扫描商品，无法撤回"),
    _C.ACT_STAYS: Words("此操作保留：{act}", "请重新扫描商品，无法撤回"),
    _C.HAS_MOVED: Words("此后又有变动", "请撤销最后一步，或用新操作处理"),
    _C.NO_SHIPMENT: Words("没有到货批次 {shipment}", "请查看列表或导入"),
    _C.SHIPMENT_CLOSED: Words("到货批次 {shipment} 已关闭", "请为迟到的货另行导入一批"),
    _C.ITEMS_HELD: Words(
        "到货 {shipment} 待决定的暂扣商品：{count}", "请先决定，或连同暂扣商品关闭"
    ),
    _C.NO_SHIPMENTS_HERE: Words("此处不管理到货", "请在管理到货的工位操作"),
    _C.SHIPMENT_IS_OPEN: Words("到货批次 {shipment} 已打开", ""),
    _C.SHIPMENT_WAS_OPEN: Words("到货批次 {shipment} 早已打开", ""),
    _C.SHIPMENT_IS_CLOSED: Words("到货批次 {shipment} 现已关闭", ""),
    _C.NOT_ENROLLED: Words("这里没有登记名为“{name}”的人", "请管理员登记"),
    _C.HAS_NO_PIN: Words("{name} 没有 PIN", "请管理员设置：station operator pin {name}"),
    _C.PIN_LOCKED: Words("{name} 的 PIN 错误次数过多", "等待 {span}，或请管理员设新 PIN"),
    _C.PIN_WRONG: Words("这不是 {name} 的 PIN", "请重试，剩余次数：{left}"),
    _C.PIN_WRONG_WAIT: Words("这不是 {name} 的 PIN", "等待 {span} 后重试"),
    _C.PIN_NOT_GIVEN: Words("未输入 {name} 的 PIN", "在提问处输入"),
    _C.LABEL_NOT_OURS: Words("此标签不属于本站点", "扫描用 'station operator badge' 制作的工牌"),
    _C.BADGE_WANTED: Words("这是箱子标签", "请扫描工牌"),
    _C.TOTE_WANTED: Words("这是工牌", "请扫描箱子标签"),
    _C.BADGE_NOT_VALID: Words("此工牌已失效", "扫描用 'station operator badge' 制作的工牌"),
    _C.NOT_AN_ADMIN: Words("{name} 不是管理员", "请管理员来做"),
    _C.NAME_IS_NONE: Words(
        "姓名须为 1 至 20 个 A-Z、0-9 或连字符，而非“{name}”", "请用 ANNA-2 这样的名字"
    ),
    _C.NAME_WAS_GIVEN: Words("名字 {name} 已用过，且在日志中", "请用另一个名字，以免混淆"),
    _C.LAST_ADMIN: Words(
        "{name} 是最后一位有 PIN 的管理员：将无人可更改人员", "请先给另一位管理员设 PIN"
    ),
    _C.BADGES_USED_UP: Words("{name} 的工牌数已达上限", "请换名字登记"),
    _C.CHANGED_MEANWHILE: Words("{name} 刚被他人更改", "请重新查看后再试"),
}
