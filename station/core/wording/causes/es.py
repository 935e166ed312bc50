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
        "la unidad ya está recibida aquí: ¿es la misma o una segunda?", "responda eso primero"
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
    _C.HAS_NO_PIN: Words(
        "{name} no tiene PIN", "pida a un administrador uno: station operator pin {name}"
    ),
    _C.PIN_LOCKED: Words(
        "demasiados PIN erróneos de {name}", "espere {span} o pida un PIN nuevo a un administrador"
    ),
    _C.PIN_WRONG: Words(
        "ese no es el PIN de {name}", "inténtelo otra vez; intentos restantes: {left}"
    ),
    _C.PIN_WRONG_WAIT: Words("ese no es el PIN de {name}", "espere {span} e inténtelo otra vez"),
    _C.PIN_NOT_GIVEN: Words("no se dio el PIN de {name}", "tecléelo en la pregunta"),
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
}
