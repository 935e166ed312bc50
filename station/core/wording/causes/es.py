"""Causes in Spanish."""

from typing import Final

from station.core.causes import Cause
from station.core.wording.tongue import Words

_C = Cause

SPANS: Final = ("{count} s", "{count} min", "{count} h", "{count} días")

CAUSES: Final[dict[Cause, Words]] = {
    _C.NEEDS_OPERATOR: Words("esto necesita un operador", "pida a uno que lo haga"),
    _C.NEEDS_SUPERVISOR: Words("esto necesita un supervisor", "pida a uno que lo haga"),
    _C.NEEDS_ADMIN: Words("esto necesita un administrador", "pida a uno que lo haga"),
    _C.NEEDS_PIN: Words("esto necesita también el PIN", "tecléelo en la pregunta"),
    _C.NEEDS_REASON: Words("esto necesita un motivo por escrito", "tecléelo en la pregunta"),
    _C.NEEDS_TOTE: Words("esto necesita la caja", "escanee su etiqueta en la pregunta"),
    _C.NEEDS_CASE_NUMBER: Words(
        "esto necesita el número de caso de la marca", "tecléelo en la pregunta"
    ),
    _C.NEEDS_SHIPMENT: Words("esto necesita el envío", "elija uno en la página de envíos"),
    _C.NEEDS_CERTIFICATE: Words(
        "esto necesita el resumen del certificado", "ejecute 'station scanner check'"
    ),
    _C.NEEDS_WITNESS: Words("esto necesita un testigo", "escanee su tarjeta en la pregunta"),
    _C.NEEDS_OTHER_WITNESS: Words("nadie es testigo de lo que hace", "nombre a otra persona"),
    _C.NEEDS_WITNESS_PIN: Words(
        "esto necesita también el PIN del testigo", "pida que lo teclee en la pregunta"
    ),
    _C.ACT_NOT_JOURNALLED: Words(
        "no se pudo anotar en el diario: {why}", "inténtelo otra vez, no cambió nada"
    ),
    _C.ENGINE_BUSY: Words("la estación está ocupada", "pídalo otra vez"),
    _C.NOT_UNDER_REVIEW: Words(
        "nada con el número {scan} está en revisión", "mire la lista otra vez"
    ),
    _C.REVIEW_ENDED: Words("la revisión de {scan} la terminó {by}", "deshágalo si fue un error"),
    _C.SAME_OR_SECOND: Words(
        "la unidad ya está recibida aquí, y esta es la misma o una segunda", "responda primero cuál"
    ),
    _C.NO_SUCH_UNIT_HERE: Words(
        "aquí no hay ninguna unidad con este código que pueda ser",
        "libérelo, devuélvalo, confírmelo o destrúyalo",
    ),
    _C.NO_UNIT_RECEIVED: Words(
        "aquí no hay ninguna unidad recibida con este código",
        "responda así solo a una repetición; sigue en revisión como está",
    ),
    _C.RELEASE_UNPROVEN: Words(
        "su código no prueba qué unidad es",
        "devuélvalo, confírmelo o destrúyalo; si faltan claves, ejecute antes 'station sync'",
    ),
    _C.OTHER_ITEMS: Words(
        "otros artículos llevan el mismo código o hay que traerlos: {scans}",
        "termine antes su revisión y cierre sus tareas de búsqueda",
    ),
    _C.REGISTRY_SAYS: Words(
        "el registro aún dice: {reason}",
        "ejecute 'station sync' si ya no es así; si no, devuelva o destruya la unidad",
    ),
    _C.STANDS_FOR_GOOD: Words(
        "la unidad consta como {state} y ninguna liberación lo cambia", "devuélvala o destrúyala"
    ),
    _C.STANDS_REPLACED: Words(
        "la unidad consta como {state} y ninguna liberación lo cambia",
        "reetiquétela si es auténtica y su código pasó a otra; si no, devuélvala o destrúyala",
    ),
    _C.RELABEL_UNPROVEN: Words(
        "su código no prueba qué unidad es, así que ninguno puede sustituirlo",
        "devuélvalo, confírmelo o destrúyalo",
    ),
    _C.OTHER_TO_FETCH: Words(
        "falta traer otra unidad con su código", "cierre antes la tarea; luego mire las dos"
    ),
    _C.KEEPS_ITS_CODE: Words(
        "la unidad consta como {state} y conserva su código", "devuélvala o destrúyala"
    ),
    _C.LABEL_PROVES_NOTHING: Words(
        "la etiqueta nueva no prueba ninguna unidad", "imprima una etiqueta con un código sin usar"
    ),
    _C.LABEL_NOT_FREE: Words(
        "la unidad de la etiqueta nueva no está libre: {reason}",
        "tome la etiqueta de una unidad nunca recibida",
    ),
    _C.LABEL_OF_OTHER_PRODUCT: Words(
        "la etiqueta nueva es del producto {label}, el artículo de {item}",
        "tome una etiqueta del mismo producto",
    ),
    _C.NO_TASK: Words("ninguna tarea de búsqueda tiene el número {scan}", "mire la lista otra vez"),
    _C.TASK_CLOSED: Words("la tarea la cerró {by}", "mire la lista otra vez"),
    _C.NOTHING_TO_UNDO: Words("el diario no tiene {scan}", "elija una línea del diario"),
    _C.NOT_ONES_OWN: Words(
        "solo quien lo hizo lo deshace, en 15 minutos, y nunca una cuarentena",
        "pida a un supervisor que lo haga",
    ),
    _C.NOTHING_CHANGED: Words(
        "ese veredicto no cambió el estado de ninguna unidad",
        "termine su revisión, si está en revisión",
    ),
    _C.OLDER_RELEASE: Words(
        "una versión anterior lo anotó sin lo que valía antes", "mueva la unidad con un acto propio"
    ),
    _C.UNDO_STAYS: Words("un deshacer no se deshace", "haga de nuevo lo que deshizo"),
    _C.ACT_IS_FINAL: Words(
        "esto es definitivo: {act}", "escanee de nuevo el artículo, nada lo deshace"
    ),
    _C.ACT_STAYS: Words("esto queda así: {act}", "escanee de nuevo el artículo, nada lo deshace"),
    _C.HAS_MOVED: Words(
        "desde entonces ha cambiado", "deshaga lo último o muévalo con un acto nuevo"
    ),
    _C.NO_SHIPMENT: Words("no hay ningún envío {shipment}", "mire la lista o impórtelo"),
    _C.SHIPMENT_CLOSED: Words(
        "el envío {shipment} está cerrado", "importe un envío propio para lo que llega tarde"
    ),
    _C.ITEMS_HELD: Words(
        "artículos retenidos del envío {shipment} que esperan decisión: {count}",
        "decida antes o ciérrelo con artículos retenidos",
    ),
    _C.NO_SHIPMENTS_HERE: Words("aquí no se llevan envíos", "pídalo en una estación que los lleve"),
    _C.SHIPMENT_IS_OPEN: Words("El envío {shipment} está abierto", ""),
    _C.SHIPMENT_WAS_OPEN: Words("El envío {shipment} ya está abierto", ""),
    _C.SHIPMENT_IS_CLOSED: Words("El envío {shipment} queda cerrado", ""),
    _C.NOT_ENROLLED: Words(
        "nadie con el nombre '{name}' está inscrito aquí", "pida a un administrador que lo inscriba"
    ),
    _C.HAS_NO_PIN: Words("{name} no tiene PIN", "pida a un administrador que ponga uno"),
    _C.PIN_LOCKED: Words(
        "demasiados PIN erróneos de {name}", "espere {span} o pida un PIN nuevo a un administrador"
    ),
    _C.PIN_WRONG: Words(
        "ese no es el PIN de {name}", "inténtelo otra vez; intentos restantes: {left}"
    ),
    _C.PIN_WRONG_WAIT: Words("ese no es el PIN de {name}", "espere {span} e inténtelo otra vez"),
    _C.PIN_NOT_GIVEN: Words("no se dio el PIN de {name}", "tecléelo en la pregunta"),
    _C.RECORD_FORGED: Words(
        "{name} no figura como esta estación lo registró", "ejecute 'station journal verify'"
    ),
    _C.LABEL_NOT_OURS: Words(
        "esta etiqueta no es de este centro",
        "escanee una tarjeta hecha con 'station operator badge'",
    ),
    _C.BADGE_WANTED: Words("esta es la etiqueta de una caja", "escanee una tarjeta"),
    _C.TOTE_WANTED: Words("esta es una tarjeta", "escanee la etiqueta de una caja"),
    _C.BADGE_NOT_VALID: Words(
        "esta tarjeta ya no vale", "escanee una tarjeta hecha con 'station operator badge'"
    ),
    _C.NOT_AN_ADMIN: Words("{name} no es administrador", "pida a un administrador que lo haga"),
    _C.NAME_IS_NONE: Words(
        "un nombre tiene de 1 a 20 de A-Z, 0-9 y guion, no '{name}'", "dé un nombre como ANNA-2"
    ),
    _C.NAME_WAS_GIVEN: Words(
        "el nombre {name} ya se usó, y el diario lo conoce",
        "dé otro nombre, para que nadie sea confundido",
    ),
    _C.LAST_ADMIN: Words(
        "{name} es el último administrador con PIN: nadie podría cambiar operadores",
        "dé antes un PIN a otro administrador",
    ),
    _C.BADGES_USED_UP: Words(
        "{name} ya tuvo todas las tarjetas posibles", "inscríbalo con otro nombre"
    ),
    _C.CHANGED_MEANWHILE: Words(
        "otra persona cambió a {name} entretanto", "mire otra vez y vuelva a intentarlo"
    ),
    _C.STORAGE_FULL: Words("{path}: el disco está lleno", "libere espacio; sigue por sí solo"),
    _C.STORAGE_READ_ONLY: Words(
        "{path}: no se puede escribir", "pida a un administrador permiso de escritura"
    ),
    _C.STORAGE_LOCKED: Words(
        "{path}: otro programa lo tiene", "cierre ese programa e inténtelo otra vez"
    ),
    _C.STORAGE_UNOPENED: Words(
        "{path}: no se puede abrir", "compruebe que la carpeta existe y se puede leer"
    ),
    _C.STORAGE_DISK_FAILS: Words(
        "{path}: el disco da un error", "llame al administrador: copie la carpeta a un disco sano"
    ),
    _C.STORAGE_DAMAGED: Words(
        "{path}: está dañado", "llame al administrador: hay que restaurar una copia"
    ),
    _C.STORAGE_MISSING: Words("{path}: no está", "compruebe la carpeta del centro"),
    _C.STORAGE_FAILS: Words("{path}: {detail} (sistema)", "compruebe disco, carpeta y permisos"),
    _C.NO_REGISTRY_YET: Words("todavía no se ha traído ningún registro", "ejecute 'station sync'"),
    _C.SITE_IN_USE: Words("{who} tiene el centro", "termine antes ese programa: solo uno recibe"),
    _C.NOT_KNOWN_IF_DONE: Words(
        "no se sabe si se hizo", "mire otra vez la lista y pídalo de nuevo si no"
    ),
    _C.ORIGIN_NOT_SET: Words("sin definir", "póngalo en [sync] de station.toml"),
    _C.SYNC_NEVER: Words("nunca", "ejecute 'station sync'"),
    _C.SYNC_TIME_UNKNOWN: Words("no se sabe cuándo", "ejecute 'station sync'"),
    _C.SYNC_OF_ALL: Words("{time}, todo él: {why}", ""),
    _C.SYNC_AT_REST: Words("ninguna en curso", ""),
    _C.OUTBOX_STANDS: Words("en espera: {waiting}, rechazados: {refused}", ""),
    _C.OUTBOX_REFUSED: Words(
        "en espera: {waiting}, rechazados: {refused}", "vea 'station outbox list'"
    ),
    _C.TICKET_OPEN: Words("{faults} desde {time}, aviso {number}", "vea 'station scanner tickets'"),
    _C.PIN_IS_NONE: Words("un PIN tiene de 4 a 12 cifras", "elija otro"),
    _C.PIN_COUNTS: Words(
        "el PIN cuenta a pasos iguales, como cualquiera probaría primero", "elija otro"
    ),
    _C.PIN_REPEATS: Words(
        "el PIN repite un trozo más corto, como cualquiera probaría primero", "elija otro"
    ),
    _C.PINS_DIFFER: Words("los dos PIN son distintos", "elija el nuevo otra vez"),
    _C.DEVICE_CONNECTED: Words("{device} está conectado", ""),
    _C.DEVICE_NAME_IT: Words(
        "{device} está conectado", "nombre {name}, que no cambia al reconectar"
    ),
    _C.DEVICE_LOST: Words(
        "{device} se desconectó o se apagó", "vuelva a conectarlo; la lectura sigue sola"
    ),
    _C.DEVICE_MISSING: Words(
        "no hay ningún equipo {device}",
        "compruebe cable y corriente, o nombre otro en station.toml",
    ),
    _C.DEVICE_FORBIDDEN: Words(
        "sin permiso para abrir {device}", "pida al administrador que añada el usuario a su grupo"
    ),
    _C.DEVICE_IN_USE: Words(
        "otro programa usa {device}", "cierre ese programa; 'fuser -v {device}' lo nombra"
    ),
    _C.DEVICE_NO_SCANNER: Words("{device} no es un lector", "nombre otro en station.toml"),
    _C.DEVICE_FAILS: Words(
        "{device} no funciona ({why})", "compruebe cable y corriente, vuelva a conectarlo"
    ),
    _C.SCANNER_SILENT: Words(
        "el lector no responde en el protocolo fijado",
        "ponga ese protocolo en el lector, o aquí framing en lines",
    ),
    _C.SCANNER_ANSWERS: Words("el lector responde de nuevo", ""),
    _C.SCAN_CUT_OFF: Words(
        "no llegó el resto de la lectura",
        "escanee otra vez; si sigue, ponga el lector a enviar CR tras cada una",
    ),
    _C.SCAN_TOO_LONG: Words(
        "la lectura es más larga que cualquier símbolo",
        "ponga el lector a enviar CR tras cada una; compare los baudios",
    ),
    _C.LINE_TOO_LONG: Words(
        "la línea es más larga que cualquier símbolo", "ponga un código en cada línea"
    ),
    _C.SCAN_LEFT_OFF: Words(
        "el lector desapareció a media lectura", "escanee otra vez cuando vuelva"
    ),
    _C.SCAN_KEYS_LOST: Words(
        "se perdieron teclas de la lectura",
        "escanee otra vez; si pasa a menudo, el equipo está saturado",
    ),
    _C.SCAN_WITHOUT_PREFIX: Words(
        "la lectura no empieza con el prefijo fijado", "ponga en el lector el prefijo fijado aquí"
    ),
    _C.SCAN_WITHOUT_SUFFIX: Words(
        "la lectura no acaba con el sufijo fijado", "ponga en el lector el sufijo fijado aquí"
    ),
    _C.SCANS_WHOLE_AGAIN: Words("las lecturas vuelven a llegar enteras", ""),
    _C.OUTPUT_WORKS: Words("está conectado", ""),
    _C.OUTPUT_LOST: Words("no responde ({device})", "compruebe corriente, cable y dirección"),
    _C.OUTPUT_REFUSES: Words(
        "rechaza la orden ({device})", "compare sus ajustes con la configuración"
    ),
    _C.OUTPUT_NO_BOARD: Words(
        "el equipo de ahí no es la placa de la estación",
        "nombre otro equipo, o póngalo como salida modbus",
    ),
    _C.OUTPUT_OTHER_PROGRAM: Words(
        "el programa de la placa es de otra versión",
        "pida al administrador que grabe el de esta versión",
    ),
    _C.GATE_DROPPED: Words(
        "la placa soltó la compuerta: sin latido, o se reinició",
        "espere, se rearma sola; si se repite, compruebe cable y corriente",
    ),
    _C.GATE_SWITCHES: Words(
        "los dos finales de carrera están cerrados a la vez",
        "compruebe los interruptores y sus cables",
    ),
    _C.GATE_ASTRAY: Words(
        "la compuerta no está donde debe",
        "libérela, revise motor e interruptores; mire adónde fueron las últimas",
    ),
    _C.REGISTRY_UNREADABLE: Words("no se puede leer: {why}", "ejecute 'station doctor'"),
    _C.REGISTRY_OLDER: Words(
        "la generación {offered} es anterior a {number}, que sigue en uso", "ejecute 'station sync'"
    ),
    _C.REGISTRY_IN_USE: Words("generación {number} de {time}", ""),
    _C.REGISTRY_OLD: Words("tiene más de {hours} h", "ejecute 'station sync'"),
    _C.REGISTRY_TOO_OLD: Words(
        "tiene más de {hours} h, los veredictos son provisionales", "ejecute 'station sync'"
    ),
    _C.REGISTRY_AGE_UNKNOWN: Words("no se sabe su edad", "ponga el reloj en hora"),
    _C.NOT_KNOWN: Words("no se sabe: {why}", "ejecute 'station doctor'"),
    _C.EVENTS_STAY: Words("los eventos se quedan aquí, [upload] no nombra receptor", ""),
    _C.EVENTS_REFUSED: Words("eventos rechazados: {count}", "vea 'station outbox list'"),
    _C.EVENTS_WAIT: Words("eventos en espera: {count}", "ejecute 'station outbox send'"),
    _C.EVENTS_SENT: Words("enviado a tiempo", ""),
    _C.DISK_ROOM: Words("espacio suficiente", ""),
    _C.DISK_LOW: Words("quedan {count} MB", "libere espacio"),
    _C.SYNC_UNDER_WAY: Words("en curso, {who}", ""),
    _C.FIGURES_STAND_STILL: Words("están paradas: {why}", "ejecute 'station doctor'"),
    _C.LATCH_NOT_KEPT: Words(
        "esta cuarentena no sobreviviría a un reinicio: {why}",
        "deje la unidad aparte, avise al administrador",
    ),
    _C.LATCH_NOT_FORGOTTEN: Words(
        "la cuarentena guardada volvería tras un reinicio: {why}", "avise al administrador"
    ),
    _C.CLOCK_BEHIND_REGISTRY: Words(
        "va {span} por detrás de la firma del registro, veredictos provisionales",
        "póngalo en hora; si va bien, 'station clock --confirm'",
    ),
    _C.CLOCK_BEHIND_JOURNAL: Words(
        "va {span} por detrás del diario, veredictos provisionales",
        "póngalo en hora; si va bien, 'station clock --confirm'",
    ),
    _C.CLOCK_PUT_BACK: Words(
        "se atrasó {span}, veredictos provisionales",
        "póngalo en hora; si va bien, 'station clock --confirm'",
    ),
    _C.CLOCK_PUT_FORWARD: Words(
        "se adelantó {span}, veredictos provisionales",
        "póngalo en hora; si va bien, 'station clock --confirm'",
    ),
    _C.CLOCK_NOT_REMEMBERED: Words(
        "no se notaría si se atrasara ahora: {why}", "ejecute 'station doctor'"
    ),
    _C.CLOCK_WATCHED_AGAIN: Words("se vigila de nuevo", ""),
    _C.CLOCK_RIGHT_AGAIN: Words("va bien de nuevo", ""),
    _C.PICTURES_FAIL: Words("no se guardan o no se limpian: {why}", "ejecute 'station doctor'"),
    _C.PICTURE_NOT_KEPT: Words("no se guardó: {why}", "guarde el propio archivo de la imagen"),
    _C.PICTURES_TOO_MANY: Words(
        "no guardadas, el disco es lento para tantas: {count}", "compruebe el disco"
    ),
    _C.PICTURE_NOT_JOURNALLED: Words(
        "guardada, pero no en el diario: {why}", "ejecute 'station doctor'"
    ),
    _C.PICTURES_REMOVED: Words(
        "borradas por falta de espacio aunque en revisión: {count}",
        "termine revisiones, o suba pictures.max_mb",
    ),
    _C.PICTURES_KEPT_AGAIN: Words("las imágenes se guardan de nuevo", ""),
    _C.LOOK_UPS_FAIL: Words(
        "el registro o las recepciones no responden: {why}",
        "ejecute 'station sync' y luego 'station doctor'",
    ),
    _C.JOURNAL_FAILS: Words(
        "no se pueden guardar los veredictos: {why}", "pare la línea, llame al supervisor"
    ),
    _C.CHANGE_FORGED: Words(
        "un cambio de personas o envíos no se hizo con la clave de esta estación",
        "ejecute 'station journal verify'",
    ),
    _C.PINS_LOCKED: Words(
        "demasiados PIN erróneos de {names}", "pregunte; un administrador pone un PIN nuevo"
    ),
    _C.ROSTER_FAILS: Words("no se pueden leer los operadores: {why}", "llame al supervisor"),
    _C.ENGINE_STOPS: Words("error interno ({why}), la estación se detiene", "vuelva a iniciarla"),
    _C.SOURCE_ENDED: Words("ya no lee nada: {why}", "revise el equipo y reinicie la estación"),
    _C.SCANNER_FAULTS: Words("con fallos: {faults}", "vea 'station scanner tickets'"),
    _C.READER_RESCANS: Words(
        "pide muchas repeticiones", "limpie la ventana; revise distancia, luz e impresión"
    ),
    _C.READER_ALARMS: Words(
        "demasiadas de sus alarmas eran falsas", "mire 'station figures' y el lector"
    ),
    _C.SOUND_FAILS: Words("sin sonido: {why}", "ejecute 'station sound test'"),
    _C.SOUND_AGAIN: Words("vuelve a sonar", ""),
    _C.CAMERA_SILENT: Words(
        "{device} no da imagen, se reintenta", "compruebe corriente, cable, red y dirección"
    ),
    _C.CAMERA_DELIVERS: Words("{device} entrega {width} × {height} píxeles", ""),
    _C.CAMERA_GOOD_AGAIN: Words("{device} da buena imagen de nuevo", ""),
    _C.CAMERA_REFUSES: Words(
        "{device} funciona y no acepta {settings}",
        "elija lo que tiene su controlador (v4l2-ctl -L), o quite la clave",
    ),
    _C.CAMERA_FROZEN: Words(
        "{device} envía siempre la misma imagen", "apague y encienda, compruebe la red"
    ),
    _C.CAMERA_COVERED: Words(
        "{device} solo ve un gris", "quite lo que tape la lente y encienda la luz"
    ),
    _C.CAMERA_DARK: Words(
        "{device} está subexpuesta", "añada luz, o ponga más exposición o apertura"
    ),
    _C.CAMERA_BRIGHT: Words(
        "{device} está sobreexpuesta", "reduzca la exposición, o aparte la lámpara de la cámara"
    ),
    _C.CAMERA_BLURRED: Words(
        "{device} está desenfocada",
        "ajuste el foco a la distancia de las etiquetas y limpie la lente",
    ),
    _C.PICTURE_UNREAD: Words("imagen {picture}: {why}", "mire el archivo"),
    _C.LABELS_UNREAD: Words(
        "etiquetas ilegibles en {picture}: {count}",
        "tome la imagen más cerca y nítida, o escanee una a una",
    ),
}
