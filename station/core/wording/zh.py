"""Simplified Chinese."""

from typing import Final

from station.core.advice import Advice, Loss
from station.core.reasons import Lane, Reason, VerdictClass
from station.core.wording.tongue import Tongue, Words

_R, _V, _A = Reason, VerdictClass, Advice

_WORDS: Final[dict[Reason, Words]] = {
    _R.STATION_FAULT: Words("工作站无法判定", "停线，通知主管"),
    _R.READ_EMPTY: Words("未读到条码", "对准标签，重扫"),
    _R.READ_TRUNCATED: Words("只读到部分条码", "重新扫描标签"),
    _R.READ_CONTROL_CHARS: Words("读到标签上不会有的字符", "重新扫描标签"),
    _R.WRONG_SYMBOL: Words("这不是单品码", "扫描方形码"),
    _R.PARSE_ERROR: Words("条码读取有误", "再扫同一标签"),
    _R.NO_SERIAL: Words("此码只标识商品，不标识单件", "扫描方形码"),
    _R.UNREADABLE: Words("标签无法读取", "放入{lane}"),
    _R.NO_CODE: Words("该件没有单品码", "放入{lane}"),
    _R.SCANNER_FAULT_CASE: Words("扫描枪大写锁定已开启", "报修扫描枪"),
    _R.SCANNER_FAULT_LAYOUT: Words("扫描枪键盘布局不正确", "报修扫描枪"),
    _R.SCANNER_FAULT_SEPARATOR: Words("扫描枪丢失分隔符", "报修扫描枪"),
    _R.SCANNER_FAULT_PREFIX: Words("扫描枪前缀不正确", "报修扫描枪"),
    _R.CODE_TWICE_IN_FRAME: Words("两件货带有相同的码", "两件都放入{lane}"),
    _R.KEY_UNKNOWN: Words("本站尚无该签名密钥", "搁置，同步密钥"),
    _R.KEY_REVOKED: Words("品牌方已吊销该签名密钥", "放入{lane}"),
    _R.SIGNATURE_INVALID: Words("签名与码不符", "放入{lane}"),
    _R.SIGNATURE_MISSING: Words("此码应有签名，但没有", "放入{lane}"),
    _R.FORMAT_NOT_ACCEPTED: Words("品牌方不使用这种码", "放入{lane}"),
    _R.GTIN_NOT_ENROLLED: Words("没有品牌登记过该商品", "按无防护货品处理"),
    _R.BRAND_KEY_MISMATCH: Words("该密钥无权为此商品签名", "放入{lane}"),
    _R.UNIT_DESTROYED: Words("该件此前已销毁", "放入{lane}"),
    _R.UNIT_VOID: Words("此码已作废", "放入{lane}"),
    _R.UNIT_REPLACED: Words("此码已被新码替换", "放入{lane}"),
    _R.UNIT_COUNTERFEIT: Words("此码已确认为假冒", "放入{lane}"),
    _R.UNIT_QUARANTINED: Words("该件已在隔离中", "放回{lane}"),
    _R.UNIT_NOT_ACTIVE: Words("此码从未用于任何货品", "放入{lane}"),
    _R.UNIT_STOLEN: Words("该件已报失窃", "放入{lane}，通知保安"),
    _R.UNIT_RECALLED: Words("该件已被召回", "放入{lane}"),
    _R.UNIT_BLOCKED: Words("品牌方已冻结该件", "放入{lane}"),
    _R.DUPLICATE_OTHER_STATION: Words("该件已在其他工作站收货", "放入{lane}"),
    _R.DUPLICATE_SHIPPED: Words("该件已从本仓发出", "放入{lane}"),
    _R.REPEAT_SAME_STATION: Words("该件已在本站收货", "若是另一件，请搁置"),
    _R.RETURN_EXPECTED: Words("预期退货", "放入退货区"),
    _R.UNIT_EXPIRED: Words("该件已过期", "放入{lane}"),
    _R.DATA_MISMATCH: Words("批号或日期与登记不符", "搁置，请示主管"),
    _R.UNIT_UNKNOWN_SIGNED: Words("正品，登记库尚未收录", "放行"),
    _R.UNIT_UNKNOWN_UNSIGNED: Words("登记库中没有此码", "搁置，请示主管"),
    _R.SELLER_NOT_AUTHORISED: Words("该卖家无权供应此商品", "搁置，请示主管"),
    _R.NOT_ON_ASN: Words("不在本次到货通知中", "搁置，请示主管"),
    _R.OVER: Words("数量超出到货通知", "搁置，请示主管"),
    _R.WRONG_SHIPMENT: Words("属于另一批到货", "搁置，请示主管"),
    _R.REGISTRY_STALE: Words("登记库已过时", "通知站点管理员"),
    _R.CLOCK_WRONG: Words("时钟不准", "通知站点管理员"),
    _R.DAMAGED: Words("已申报破损", "放入{lane}"),
    _R.OK: Words("正品", "放行"),
}

_IN_ANOTHER_CLASS: Final[dict[tuple[Reason, VerdictClass], Words]] = {
    (_R.KEY_REVOKED, _V.HOLD): Words("该签名密钥已不安全", "搁置，请示主管"),
    (_R.SIGNATURE_MISSING, _V.ACCEPT_NOTE): Words("此码尚未签名，暂可放行", "放行"),
    (_R.SIGNATURE_MISSING, _V.HOLD): Words("此码没有签名", "搁置，请示主管"),
    (_R.FORMAT_NOT_ACCEPTED, _V.ACCEPT_NOTE): Words("旧式码，暂仍接受", "放行"),
    (_R.FORMAT_NOT_ACCEPTED, _V.HOLD): Words("品牌方不使用这种码", "搁置，请示主管"),
    (_R.GTIN_NOT_ENROLLED, _V.HOLD): Words("没有品牌登记过该商品", "搁置，请示主管"),
    (_R.UNIT_UNKNOWN_SIGNED, _V.HOLD): Words("有签名，但登记库尚未收录", "搁置，请示主管"),
    (_R.UNIT_UNKNOWN_UNSIGNED, _V.ACCEPT_NOTE): Words("登记库尚未收录", "放行"),
    (_R.UNIT_UNKNOWN_UNSIGNED, _V.QUARANTINE): Words("登记库中没有此码", "放入{lane}"),
    (_R.REGISTRY_STALE, _V.HOLD): Words("登记库过旧，无法作证", "搁置，叫管理员"),
    (_R.CLOCK_WRONG, _V.HOLD): Words("时钟不准，登记库无法作证", "搁置，叫管理员"),
}

_ADVICE: Final[dict[Advice, str]] = {
    _A.NOT_ALONE: "工牌须单独出示：请移开其他物品",
    _A.NOT_OURS: "这不是本站点的工牌：请向管理员领取",
    _A.NOT_VALID: "此工牌已失效：请向管理员换新",
    _A.WITNESS_ONLY: "见证人不能登录：请出示操作员工牌",
    _A.UNREADABLE_ROSTER: "无法读取人员名单：请叫主管",
    _A.SHOW_BADGE: "无人登录：请先出示工牌",
    _A.BADGE_TO_ANSWER: "无人登录：请出示工牌，再回答",
    _A.BADGE_TO_GIVE_PIN: "无人登录：请先出示工牌，再输入 PIN",
    _A.NO_PIN: "没有输入 PIN：请重新输入",
    _A.PIN_TOO_LATE: "已有他人登录：请再次出示工牌",
    _A.PIN_TAKEN: "PIN 已接受",
    _A.PIN_RELEASES_NOT: "请扫描隔离箱标签，或叫主管出示工牌并输入 PIN",
    _A.NOT_JOURNALLED: "日志无法写入，隔离仍然有效：请通知管理员",
    _A.OTHER_QUARANTINE: "现在是另一件隔离：请看清后重新输入 PIN",
    _A.BUSY_DECLARE: "系统繁忙：请重新申报该件",
    _A.BUSY_PIN: "系统繁忙：请重新输入 PIN",
    _A.BUSY_ANSWER: "系统繁忙：请重新回答",
    _A.BUSY_SCAN: "系统繁忙：请重新扫描",
    _A.NO_TYPED: "键盘式扫描枪：请将 screen: 设为来源，或用 evdev 或串口模式",
}

_LOSSES: Final[dict[Loss, Words]] = {
    Loss.NOT_RUNNING: Words("系统没有运行", "请启动：station run"),
    Loss.ENDED: Words("系统已结束", "请启动：station run"),
    Loss.FORBIDDEN: Words("此用户无权连接系统", "请用系统的用户打开屏幕"),
    Loss.SILENT: Words("系统没有响应", "停止后重新启动：station run"),
    Loss.HUNG_UP: Words("系统断开了连接", "请启动：station run"),
}

CHINESE: Final = Tongue(
    _WORDS,
    _IN_ANOTHER_CLASS,
    "再扫同一标签",
    {
        Lane.QUARANTINE: "隔离箱",
        Lane.UNCODED: "无码通道",
        Lane.DAMAGED: "破损通道",
        Lane.UNREADABLE: "标签通道",
    },
    {
        _V.ACCEPT: "接收",
        _V.ACCEPT_NOTE: "接收",
        _V.RESCAN: "重扫",
        _V.HOLD: "待查",
        _V.QUARANTINE: "隔离",
        _V.STOP: "停线",
    },
    _ADVICE,
    _LOSSES,
)
