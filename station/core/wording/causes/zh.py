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
    _C.SAME_OR_SECOND: Words("此件已在此收货，手中的是同一件或第二件", "请先回答是哪一件"),
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
    _C.HAS_NO_PIN: Words("{name} 没有 PIN", "请管理员设置"),
    _C.PIN_LOCKED: Words("{name} 的 PIN 错误次数过多", "等待 {span}，或请管理员设新 PIN"),
    _C.PIN_WRONG: Words("这不是 {name} 的 PIN", "请重试，剩余次数：{left}"),
    _C.PIN_WRONG_WAIT: Words("这不是 {name} 的 PIN", "等待 {span} 后重试"),
    _C.PIN_NOT_GIVEN: Words("未输入 {name} 的 PIN", "在提问处输入"),
    _C.RECORD_FORGED: Words("{name} 的记录与本站日志不符", "运行 'station journal verify'"),
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
    _C.STORAGE_FULL: Words("{path}：磁盘已满", "请清理空间，之后自动恢复"),
    _C.STORAGE_READ_ONLY: Words("{path}：无法写入", "请管理员给予文件和文件夹写权限"),
    _C.STORAGE_LOCKED: Words("{path}：被其他程序占用", "关闭该程序后重试"),
    _C.STORAGE_UNOPENED: Words("{path}：无法打开", "检查文件夹是否存在且可读"),
    _C.STORAGE_DISK_FAILS: Words("{path}：磁盘报错", "请管理员将文件夹复制到完好的磁盘"),
    _C.STORAGE_DAMAGED: Words("{path}：已损坏", "请管理员从备份恢复"),
    _C.STORAGE_MISSING: Words("{path}：不存在", "检查站点文件夹"),
    _C.STORAGE_FAILS: Words("{path}：{detail}（系统）", "检查磁盘、文件夹和权限"),
    _C.NO_REGISTRY_YET: Words("尚未获取登记库", "运行 'station sync'"),
    _C.SITE_IN_USE: Words("{who} 正在使用本站点", "请先结束该程序，只能有一个收货"),
    _C.NOT_KNOWN_IF_DONE: Words("不清楚是否已执行", "请重新查看列表，如未执行再次提交"),
    _C.ORIGIN_NOT_SET: Words("未设置", "在 station.toml 的 [sync] 中指定"),
    _C.SYNC_NEVER: Words("从未", "运行 'station sync'"),
    _C.SYNC_TIME_UNKNOWN: Words("时间未知", "运行 'station sync'"),
    _C.SYNC_OF_ALL: Words("{time}，全部重新获取：{why}", ""),
    _C.SYNC_AT_REST: Words("未在进行", ""),
    _C.OUTBOX_STANDS: Words("等待：{waiting}，被拒：{refused}", ""),
    _C.OUTBOX_REFUSED: Words("等待：{waiting}，被拒：{refused}", "查看 'station outbox list'"),
    _C.TICKET_OPEN: Words(
        "{faults}，自 {time} 起，工单 {number}", "查看 'station scanner tickets'"
    ),
    _C.PIN_IS_NONE: Words("PIN 必须是 4 到 12 位数字", "请另选一个"),
    _C.PIN_COUNTS: Words("这个 PIN 的数字等差排列，最容易被猜到", "请另选一个"),
    _C.PIN_REPEATS: Words("这个 PIN 由重复的短段组成，最容易被猜到", "请另选一个"),
    _C.PINS_DIFFER: Words("两次输入的 PIN 不同", "请重新输入新 PIN"),
    _C.DEVICE_CONNECTED: Words("{device} 已连接", ""),
    _C.DEVICE_NAME_IT: Words("{device} 已连接", "请用 {name} 命名，重插后不变"),
    _C.DEVICE_LOST: Words("{device} 被拔出或断电", "请重新插入，扫描会自动继续"),
    _C.DEVICE_MISSING: Words("没有设备 {device}", "检查线缆和电源，或在 station.toml 改名"),
    _C.DEVICE_FORBIDDEN: Words("无权打开 {device}", "请管理员把工位用户加入其用户组"),
    _C.DEVICE_IN_USE: Words(
        "{device} 正被其他程序占用", "停止该程序，可用 'fuser -v {device}' 查看"
    ),
    _C.DEVICE_NO_SCANNER: Words("{device} 不是读码器设备", "请在 station.toml 指定另一个"),
    _C.DEVICE_FAILS: Words("{device} 不工作（{why}）", "检查线缆和电源，重新插入"),
    _C.SCANNER_SILENT: Words(
        "读码器未按设定的协议应答", "将其设为该协议，或在此把 framing 设为 lines"
    ),
    _C.SCANNER_ANSWERS: Words("读码器恢复应答", ""),
    _C.SCAN_CUT_OFF: Words("扫描数据不完整", "重新扫描；若持续，请设读码器每次发送 CR"),
    _C.SCAN_TOO_LONG: Words("扫描数据超长", "设读码器每次发送 CR，并核对波特率"),
    _C.LINE_TOO_LONG: Words("此行超过任何条码长度", "请每行放一个条码"),
    _C.SCAN_LEFT_OFF: Words("扫描中途读码器断开", "待恢复后重新扫描"),
    _C.SCAN_KEYS_LOST: Words("扫描按键在途中丢失", "重新扫描；若常出现，说明电脑过忙"),
    _C.SCAN_WITHOUT_PREFIX: Words("扫描数据缺少设定的前缀", "将读码器前缀设为此处配置"),
    _C.SCAN_WITHOUT_SUFFIX: Words("扫描数据缺少设定的后缀", "将读码器后缀设为此处配置"),
    _C.SCANS_WHOLE_AGAIN: Words("扫描数据恢复完整", ""),
    _C.OUTPUT_WORKS: Words("已连接", ""),
    _C.OUTPUT_LOST: Words("无应答（{device}）", "检查电源、线缆和地址"),
    _C.OUTPUT_REFUSES: Words("拒绝指令（{device}）", "对照其设置与配置"),
    _C.OUTPUT_NO_BOARD: Words("该处设备不是工位控制板", "换一个设备，或配置为 modbus 输出"),
    _C.OUTPUT_OTHER_PROGRAM: Words("控制板程序版本不符", "请管理员烧录本版程序"),
    _C.GATE_DROPPED: Words(
        "控制板放下闸门：心跳中断或被复位", "等待其自动恢复；若再现，检查线缆和电源"
    ),
    _C.GATE_SWITCHES: Words("闸门两个限位开关同时闭合", "检查开关及其接线"),
    _C.GATE_ASTRAY: Words("闸门未到指定位置", "请排除卡阻，检查驱动和限位开关；查看最后几件去向"),
    _C.REGISTRY_UNREADABLE: Words("无法读取：{why}", "运行 'station doctor'"),
    _C.REGISTRY_OLDER: Words(
        "第 {offered} 代旧于第 {number} 代，继续用后者", "运行 'station sync'"
    ),
    _C.REGISTRY_IN_USE: Words("第 {number} 代，{time}", ""),
    _C.REGISTRY_OLD: Words("已超过 {hours} 小时", "运行 'station sync'"),
    _C.REGISTRY_TOO_OLD: Words("已超过 {hours} 小时，判定为暂定", "运行 'station sync'"),
    _C.REGISTRY_AGE_UNKNOWN: Words("无法得知新旧", "请校准时钟"),
    _C.NOT_KNOWN: Words("情况不明：{why}", "运行 'station doctor'"),
    _C.EVENTS_STAY: Words("事件留在本地，[upload] 未设接收方", ""),
    _C.EVENTS_REFUSED: Words("被拒收的事件：{count}", "查看 'station outbox list'"),
    _C.EVENTS_WAIT: Words("待发事件：{count}", "运行 'station outbox send'"),
    _C.EVENTS_SENT: Words("已按时发送", ""),
    _C.DISK_ROOM: Words("空间充足", ""),
    _C.DISK_LOW: Words("剩余 {count} MB", "请清理空间"),
    _C.SYNC_UNDER_WAY: Words("进行中，{who}", ""),
    _C.FIGURES_STAND_STILL: Words("统计停滞：{why}", "运行 'station doctor'"),
    _C.LATCH_NOT_KEPT: Words("此隔离在重启后会丢失：{why}", "请把该件放一旁，通知管理员"),
    _C.LATCH_NOT_FORGOTTEN: Words("已处理的隔离重启后会重现：{why}", "请通知管理员"),
    _C.CLOCK_BEHIND_REGISTRY: Words(
        "比登记库签名慢 {span}，判定为暂定", "请校准；若无误，运行 'station clock --confirm'"
    ),
    _C.CLOCK_BEHIND_JOURNAL: Words(
        "比日志慢 {span}，判定为暂定", "请校准；若无误，运行 'station clock --confirm'"
    ),
    _C.CLOCK_PUT_BACK: Words(
        "被调慢 {span}，判定为暂定", "请校准；若无误，运行 'station clock --confirm'"
    ),
    _C.CLOCK_PUT_FORWARD: Words(
        "被调快 {span}，判定为暂定", "请校准；若无误，运行 'station clock --confirm'"
    ),
    _C.CLOCK_NOT_REMEMBERED: Words("此时被调慢将不会察觉：{why}", "运行 'station doctor'"),
    _C.CLOCK_WATCHED_AGAIN: Words("恢复监视", ""),
    _C.CLOCK_RIGHT_AGAIN: Words("时钟恢复正常", ""),
    _C.PICTURES_FAIL: Words("未能保存或清理：{why}", "运行 'station doctor'"),
    _C.PICTURE_NOT_KEPT: Words("未保存：{why}", "请保留原图片文件"),
    _C.PICTURES_TOO_MANY: Words("磁盘太慢未能保存的图片：{count}", "请检查磁盘"),
    _C.PICTURE_NOT_JOURNALLED: Words("已保存，但未入日志：{why}", "运行 'station doctor'"),
    _C.PICTURES_REMOVED: Words(
        "因空间不足删除的待复核图片：{count}", "请结束复核，或调大 pictures.max_mb"
    ),
    _C.PICTURES_KEPT_AGAIN: Words("图片恢复保存", ""),
    _C.LOOK_UPS_FAIL: Words(
        "登记库或收货记录无应答：{why}", "先运行 'station sync'，再运行 'station doctor'"
    ),
    _C.JOURNAL_FAILS: Words("无法保存判定：{why}", "停线，通知主管"),
    _C.CHANGE_FORGED: Words(
        "人员或到货的一项更改并非由本站密钥作出", "运行 'station journal verify'"
    ),
    _C.PINS_LOCKED: Words("{names} 的 PIN 错误次数过多", "请询问本人，由管理员设新 PIN"),
    _C.ROSTER_FAILS: Words("无法读取人员：{why}", "请叫主管"),
    _C.ENGINE_STOPS: Words("内部错误（{why}），系统停止", "请重新启动"),
    _C.SOURCE_ENDED: Words("已停止读取：{why}", "检查设备后重启系统"),
    _C.SCANNER_FAULTS: Words("故障：{faults}", "查看 'station scanner tickets'"),
    _C.READER_RESCANS: Words("频繁要求重扫", "清洁窗口，检查距离、光线和印刷"),
    _C.READER_ALARMS: Words("误报过多", "查看 'station figures' 和读码器"),
    _C.SOUND_FAILS: Words("无声音：{why}", "运行 'station sound test'"),
    _C.SOUND_AGAIN: Words("恢复声音", ""),
    _C.CAMERA_SILENT: Words("{device} 无图像，正在重试", "检查电源、线缆、网络和地址"),
    _C.CAMERA_DELIVERS: Words("{device} 输出 {width} × {height} 像素", ""),
    _C.CAMERA_GOOD_AGAIN: Words("{device} 图像恢复正常", ""),
    _C.CAMERA_REFUSES: Words(
        "{device} 工作中，但不接受 {settings}", "选驱动支持的值（v4l2-ctl -L），或删去该项"
    ),
    _C.CAMERA_FROZEN: Words("{device} 反复发送同一图像", "重新上电，并检查网络"),
    _C.CAMERA_COVERED: Words("{device} 只看到一片灰", "请移开遮挡镜头的东西并开灯"),
    _C.CAMERA_DARK: Words("{device} 曝光不足", "加强照明，或延长曝光、加大光圈"),
    _C.CAMERA_BRIGHT: Words("{device} 曝光过度", "调短曝光，或把灯转离相机"),
    _C.CAMERA_BLURRED: Words("{device} 失焦", "调焦到标签距离，并擦拭镜头"),
    _C.PICTURE_UNREAD: Words("图片 {picture}：{why}", "请检查文件"),
    _C.LABELS_UNREAD: Words("{picture} 中无法读取的标签：{count}", "请靠近重拍清晰，或逐个扫描"),
}
