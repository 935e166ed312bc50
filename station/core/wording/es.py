"""Spanish."""

from typing import Final

from station.core.advice import Advice, Loss
from station.core.reasons import Lane, Reason, VerdictClass
from station.core.wording.tongue import Tongue, Words

_R, _V, _A = Reason, VerdictClass, Advice

_WORDS: Final[dict[Reason, Words]] = {
    _R.STATION_FAULT: Words("La estación no puede decidir", "Pare la línea, avise al encargado"),
    _R.READ_EMPTY: Words("No se ha leído ningún código", "Gire la etiqueta al lector, reescanee"),
    _R.READ_TRUNCATED: Words("Solo se ha leído parte del código", "Escanee otra vez la etiqueta"),
    _R.READ_CONTROL_CHARS: Words(
        "La lectura trae caracteres que no lleva una etiqueta", "Escanee otra vez la etiqueta"
    ),
    _R.WRONG_SYMBOL: Words(
        "Este símbolo no es el código de la unidad", "Escanee el código cuadrado de la unidad"
    ),
    _R.PARSE_ERROR: Words("El código se ha leído mal", "Escanee otra vez la misma etiqueta"),
    _R.NO_SERIAL: Words(
        "El código indica el producto, no la unidad", "Escanee el código cuadrado de la unidad"
    ),
    _R.UNREADABLE: Words("La etiqueta no se puede leer", "Déjela en {lane}"),
    _R.NO_CODE: Words("La unidad no lleva código", "Déjela en {lane}"),
    _R.SCANNER_FAULT_CASE: Words(
        "El escáner tiene activadas las mayúsculas", "Avise de la avería del escáner"
    ),
    _R.SCANNER_FAULT_LAYOUT: Words(
        "El escáner usa otra distribución de teclado", "Avise de la avería del escáner"
    ),
    _R.SCANNER_FAULT_SEPARATOR: Words(
        "El escáner pierde los separadores", "Avise de la avería del escáner"
    ),
    _R.SCANNER_FAULT_PREFIX: Words(
        "El prefijo del escáner es incorrecto", "Avise de la avería del escáner"
    ),
    _R.CODE_TWICE_IN_FRAME: Words("Dos unidades llevan el mismo código", "Deje ambas en {lane}"),
    _R.KEY_UNKNOWN: Words(
        "La clave de firma aún no se conoce aquí", "Apártela, sincronice las claves"
    ),
    _R.KEY_REVOKED: Words("La marca ha revocado la clave de firma", "Déjela en {lane}"),
    _R.SIGNATURE_INVALID: Words("La firma no corresponde al código", "Déjela en {lane}"),
    _R.SIGNATURE_MISSING: Words("El código no está firmado y debe estarlo", "Déjela en {lane}"),
    _R.FORMAT_NOT_ACCEPTED: Words("La marca no usa este tipo de código", "Déjela en {lane}"),
    _R.GTIN_NOT_ENROLLED: Words(
        "Ninguna marca ha registrado este producto", "Trátela como no protegida"
    ),
    _R.BRAND_KEY_MISMATCH: Words("La clave no vale para este producto", "Déjela en {lane}"),
    _R.UNIT_DESTROYED: Words("Esta unidad ya fue destruida", "Déjela en {lane}"),
    _R.UNIT_VOID: Words("Este código fue anulado", "Déjela en {lane}"),
    _R.UNIT_REPLACED: Words("Este código fue sustituido por otro", "Déjela en {lane}"),
    _R.UNIT_COUNTERFEIT: Words("Este código es una falsificación confirmada", "Déjela en {lane}"),
    _R.UNIT_QUARANTINED: Words("Esta unidad ya está en cuarentena", "Devuélvala a {lane}"),
    _R.UNIT_NOT_ACTIVE: Words("Este código nunca se puso en una unidad", "Déjela en {lane}"),
    _R.UNIT_STOLEN: Words("Esta unidad consta como robada", "A {lane}, avise a seguridad"),
    _R.UNIT_RECALLED: Words("Esta unidad está retirada del mercado", "Déjela en {lane}"),
    _R.UNIT_BLOCKED: Words("La marca ha bloqueado esta unidad", "Déjela en {lane}"),
    _R.DUPLICATE_OTHER_STATION: Words("Esta unidad ya entró por otra estación", "Déjela en {lane}"),
    _R.DUPLICATE_SHIPPED: Words("Esta unidad ya salió de este centro", "Déjela en {lane}"),
    _R.REPEAT_SAME_STATION: Words(
        "Esta unidad ya está recibida aquí", "Apártela si es una segunda unidad"
    ),
    _R.RETURN_EXPECTED: Words("Devolución esperada", "Póngala con las devoluciones"),
    _R.UNIT_EXPIRED: Words("Esta unidad está caducada", "Déjela en {lane}"),
    _R.DATA_MISMATCH: Words(
        "El lote o la fecha no coincide con el registro", "Apártela y consulte"
    ),
    _R.UNIT_UNKNOWN_SIGNED: Words("Auténtica, aún no está en el registro", "Dele paso"),
    _R.UNIT_UNKNOWN_UNSIGNED: Words("El registro no conoce este código", "Apártela y consulte"),
    _R.SELLER_NOT_AUTHORISED: Words("El vendedor no puede suministrar esto", "Apártela y consulte"),
    _R.NOT_ON_ASN: Words("No está anunciada en este envío", "Apártela y consulte"),
    _R.OVER: Words("Más unidades de las anunciadas", "Apártela y consulte"),
    _R.WRONG_SHIPMENT: Words("Está anunciada en otro envío", "Apártela y consulte"),
    _R.REGISTRY_STALE: Words("El registro no está al día", "Avise al responsable"),
    _R.CLOCK_WRONG: Words("El reloj no va bien", "Avise al responsable"),
    _R.DAMAGED: Words("Declarada dañada", "Déjela en {lane}"),
    _R.OK: Words("Auténtica", "Dele paso"),
}

_IN_ANOTHER_CLASS: Final[dict[tuple[Reason, VerdictClass], Words]] = {
    (_R.KEY_REVOKED, _V.HOLD): Words("La clave de firma ya no es segura", "Apártela y consulte"),
    (_R.SIGNATURE_MISSING, _V.ACCEPT_NOTE): Words("El código aún no está firmado", "Dele paso"),
    (_R.SIGNATURE_MISSING, _V.HOLD): Words("El código no está firmado", "Apártela y consulte"),
    (_R.FORMAT_NOT_ACCEPTED, _V.ACCEPT_NOTE): Words(
        "Un tipo de código antiguo, aún admitido", "Dele paso"
    ),
    (_R.FORMAT_NOT_ACCEPTED, _V.HOLD): Words(
        "La marca no usa este tipo de código", "Apártela y consulte"
    ),
    (_R.GTIN_NOT_ENROLLED, _V.HOLD): Words(
        "Ninguna marca ha registrado este producto", "Apártela y consulte"
    ),
    (_R.UNIT_UNKNOWN_SIGNED, _V.HOLD): Words(
        "Firmada, pero aún no está en el registro", "Apártela y consulte"
    ),
    (_R.UNIT_UNKNOWN_UNSIGNED, _V.ACCEPT_NOTE): Words("Aún no está en el registro", "Dele paso"),
    (_R.UNIT_UNKNOWN_UNSIGNED, _V.QUARANTINE): Words(
        "El registro no conoce este código", "Déjela en {lane}"
    ),
    (_R.REGISTRY_STALE, _V.HOLD): Words(
        "El registro es demasiado antiguo para responder", "Apártela, avise al responsable"
    ),
    (_R.CLOCK_WRONG, _V.HOLD): Words(
        "El reloj no va bien: nada es seguro", "Apártela, avise al responsable"
    ),
}

_ADVICE: Final[dict[Advice, str]] = {
    _A.NOT_ALONE: "La tarjeta cuenta sola: retire todo lo demás de la vista",
    _A.NOT_OURS: "Esta tarjeta no es de este centro: pida una al responsable",
    _A.NOT_VALID: "Esta tarjeta ya no es válida: pida una nueva al responsable",
    _A.WITNESS_ONLY: "Un testigo no puede identificarse: muestre la tarjeta de un operario",
    _A.UNREADABLE_ROSTER: "No se puede leer la lista de operarios: llame al supervisor",
    _A.SHOW_BADGE: "Nadie está identificado: muestre primero su tarjeta",
    _A.BADGE_TO_ANSWER: "Nadie está identificado: muestre su tarjeta y responda",
    _A.BADGE_TO_GIVE_PIN: "Nadie está identificado: muestre primero la tarjeta y luego dé el PIN",
    _A.NO_PIN: "No se dio ningún PIN: introdúzcalo otra vez",
    _A.PIN_TOO_LATE: "Entretanto se identificó otra persona: muestre otra vez la tarjeta",
    _A.PIN_TAKEN: "PIN aceptado",
    _A.PIN_RELEASES_NOT: "Escanee la etiqueta de la caja, o llame al supervisor con tarjeta y PIN",
    _A.NOT_JOURNALLED: "El diario no lo admite, la cuarentena sigue: avise al responsable",
    _A.OTHER_QUARANTINE: "Ahora hay otra cuarentena: mire y dé el PIN otra vez",
    _A.BUSY_DECLARE: "La estación está ocupada: declare otra vez el artículo",
    _A.BUSY_PIN: "La estación está ocupada: dé el PIN otra vez",
    _A.BUSY_ANSWER: "La estación está ocupada: responda otra vez",
    _A.BUSY_SCAN: "La estación está ocupada: escanéelo otra vez",
    _A.NO_TYPED: "Escáner de teclado: ponga screen: como fuente, o use evdev o modo serie",
}

_LOSSES: Final[dict[Loss, Words]] = {
    Loss.NOT_RUNNING: Words("La estación no está en marcha", "Iníciela: station run"),
    Loss.ENDED: Words("La estación ha terminado", "Iníciela: station run"),
    Loss.FORBIDDEN: Words(
        "Este usuario no tiene acceso a la estación", "Abra la pantalla con su usuario"
    ),
    Loss.SILENT: Words("La estación no responde", "Párela e iníciela otra vez: station run"),
    Loss.HUNG_UP: Words("La estación cortó la conexión", "Iníciela: station run"),
}

SPANISH: Final = Tongue(
    _WORDS,
    _IN_ANOTHER_CLASS,
    "Escanee otra vez la misma etiqueta",
    {
        Lane.QUARANTINE: "cuarentena",
        Lane.UNCODED: "la zona sin código",
        Lane.DAMAGED: "la zona de averías",
        Lane.UNREADABLE: "la zona de etiquetas",
    },
    {
        _V.ACCEPT: "ACEPTAR",
        _V.ACCEPT_NOTE: "ACEPTAR",
        _V.RESCAN: "REPETIR",
        _V.HOLD: "RETENER",
        _V.QUARANTINE: "CUARENTENA",
        _V.STOP: "PARAR",
    },
    _ADVICE,
    _LOSSES,
)
