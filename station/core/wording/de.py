"""German."""

from typing import Final

from station.core.advice import Advice, Loss
from station.core.reasons import Lane, Reason, VerdictClass
from station.core.wording.tongue import Tongue, Words

_R, _V, _A = Reason, VerdictClass, Advice

_WORDS: Final[dict[Reason, Words]] = {
    _R.STATION_FAULT: Words(
        "Die Station kann nicht entscheiden", "Band anhalten, Schichtleitung rufen"
    ),
    _R.READ_EMPTY: Words("Kein Code gelesen", "Etikett zum Leser drehen, neu scannen"),
    _R.READ_TRUNCATED: Words("Nur ein Teil des Codes wurde gelesen", "Etikett noch einmal scannen"),
    _R.READ_CONTROL_CHARS: Words(
        "Gelesen wurden Zeichen, die kein Etikett hat", "Etikett noch einmal scannen"
    ),
    _R.WRONG_SYMBOL: Words(
        "Das ist nicht der Code des Einzelstücks", "Quadratischen Stückcode scannen"
    ),
    _R.PARSE_ERROR: Words("Der Code wurde falsch gelesen", "Dasselbe Etikett noch einmal scannen"),
    _R.NO_SERIAL: Words(
        "Der Code nennt das Produkt, nicht das Stück", "Quadratischen Stückcode scannen"
    ),
    _R.UNREADABLE: Words("Das Etikett ist nicht lesbar", "In {lane} legen"),
    _R.NO_CODE: Words("Das Stück trägt keinen Code", "In {lane} legen"),
    _R.SCANNER_FAULT_CASE: Words("Am Scanner ist die Feststelltaste aktiv", "Scanner melden"),
    _R.SCANNER_FAULT_LAYOUT: Words("Der Scanner hat ein falsches Tastaturlayout", "Scanner melden"),
    _R.SCANNER_FAULT_SEPARATOR: Words("Der Scanner verschluckt Trennzeichen", "Scanner melden"),
    _R.SCANNER_FAULT_PREFIX: Words("Der Scanner sendet ein falsches Präfix", "Scanner melden"),
    _R.CODE_TWICE_IN_FRAME: Words("Zwei Stücke tragen denselben Code", "Beide in {lane} legen"),
    _R.KEY_UNKNOWN: Words(
        "Der Signaturschlüssel ist hier noch unbekannt", "Beiseitelegen, Schlüssel abgleichen"
    ),
    _R.KEY_REVOKED: Words("Die Marke hat den Signaturschlüssel widerrufen", "In {lane} legen"),
    _R.SIGNATURE_INVALID: Words("Die Signatur passt nicht zum Code", "In {lane} legen"),
    _R.SIGNATURE_MISSING: Words(
        "Der Code ist nicht signiert, muss es aber sein", "In {lane} legen"
    ),
    _R.FORMAT_NOT_ACCEPTED: Words("Diese Codeform verwendet die Marke nicht", "In {lane} legen"),
    _R.GTIN_NOT_ENROLLED: Words(
        "Keine Marke hat dieses Produkt angemeldet", "Als ungeschützte Ware behandeln"
    ),
    _R.BRAND_KEY_MISMATCH: Words("Der Schlüssel gilt nicht für dieses Produkt", "In {lane} legen"),
    _R.UNIT_DESTROYED: Words("Dieses Stück wurde bereits vernichtet", "In {lane} legen"),
    _R.UNIT_VOID: Words("Dieser Code wurde für ungültig erklärt", "In {lane} legen"),
    _R.UNIT_REPLACED: Words("Dieser Code wurde durch einen anderen ersetzt", "In {lane} legen"),
    _R.UNIT_COUNTERFEIT: Words("Dieser Code ist eine bestätigte Fälschung", "In {lane} legen"),
    _R.UNIT_QUARANTINED: Words(
        "Dieses Stück steht bereits in Quarantäne", "Zurück in {lane} legen"
    ),
    _R.UNIT_NOT_ACTIVE: Words("Dieser Code kam nie auf ein Stück", "In {lane} legen"),
    _R.UNIT_STOLEN: Words("Dieses Stück ist als gestohlen gemeldet", "In {lane}, Sicherheit rufen"),
    _R.UNIT_RECALLED: Words("Dieses Stück ist zurückgerufen", "In {lane} legen"),
    _R.UNIT_BLOCKED: Words("Die Marke hat dieses Stück gesperrt", "In {lane} legen"),
    _R.DUPLICATE_OTHER_STATION: Words(
        "Das Stück wurde an anderer Station angenommen", "In {lane} legen"
    ),
    _R.DUPLICATE_SHIPPED: Words("Dieses Stück hat den Standort schon verlassen", "In {lane} legen"),
    _R.REPEAT_SAME_STATION: Words(
        "Dieses Stück ist hier bereits angenommen", "Ist es ein zweites Stück: beiseitelegen"
    ),
    _R.RETURN_EXPECTED: Words("Erwartete Rücksendung", "Zu den Retouren legen"),
    _R.UNIT_EXPIRED: Words("Das Stück ist abgelaufen", "In {lane} legen"),
    _R.DATA_MISMATCH: Words(
        "Charge oder Datum weicht vom Register ab", "Beiseitelegen, nachfragen"
    ),
    _R.UNIT_UNKNOWN_SIGNED: Words("Echt, noch nicht im Register", "Weitergeben"),
    _R.UNIT_UNKNOWN_UNSIGNED: Words(
        "Das Register kennt diesen Code nicht", "Beiseitelegen, nachfragen"
    ),
    _R.SELLER_NOT_AUTHORISED: Words(
        "Der Händler darf das nicht liefern", "Beiseitelegen, nachfragen"
    ),
    _R.NOT_ON_ASN: Words("In dieser Lieferung nicht angekündigt", "Beiseitelegen, nachfragen"),
    _R.OVER: Words("Mehr als angekündigt", "Beiseitelegen, nachfragen"),
    _R.WRONG_SHIPMENT: Words("In einer anderen Lieferung angekündigt", "Beiseitelegen, nachfragen"),
    _R.REGISTRY_STALE: Words("Das Register ist veraltet", "Dem Standortadmin melden"),
    _R.CLOCK_WRONG: Words("Die Uhr geht falsch", "Dem Standortadmin melden"),
    _R.DAMAGED: Words("Als beschädigt gemeldet", "In {lane} legen"),
    _R.OK: Words("Echt", "Weitergeben"),
}

_IN_ANOTHER_CLASS: Final[dict[tuple[Reason, VerdictClass], Words]] = {
    (_R.KEY_REVOKED, _V.HOLD): Words(
        "Der Signaturschlüssel ist nicht mehr sicher", "Beiseitelegen, nachfragen"
    ),
    (_R.SIGNATURE_MISSING, _V.ACCEPT_NOTE): Words(
        "Der Code ist noch nicht signiert", "Weitergeben"
    ),
    (_R.SIGNATURE_MISSING, _V.HOLD): Words(
        "Der Code ist nicht signiert", "Beiseitelegen, nachfragen"
    ),
    (_R.FORMAT_NOT_ACCEPTED, _V.ACCEPT_NOTE): Words(
        "Ältere Codeform, noch zugelassen", "Weitergeben"
    ),
    (_R.FORMAT_NOT_ACCEPTED, _V.HOLD): Words(
        "Diese Codeform verwendet die Marke nicht", "Beiseitelegen, nachfragen"
    ),
    (_R.GTIN_NOT_ENROLLED, _V.HOLD): Words(
        "Keine Marke hat dieses Produkt angemeldet", "Beiseitelegen, nachfragen"
    ),
    (_R.UNIT_UNKNOWN_SIGNED, _V.HOLD): Words(
        "Signiert, aber noch nicht im Register", "Beiseitelegen, nachfragen"
    ),
    (_R.UNIT_UNKNOWN_UNSIGNED, _V.ACCEPT_NOTE): Words("Noch nicht im Register", "Weitergeben"),
    (_R.UNIT_UNKNOWN_UNSIGNED, _V.QUARANTINE): Words(
        "Das Register kennt diesen Code nicht", "In {lane} legen"
    ),
    (_R.REGISTRY_STALE, _V.HOLD): Words(
        "Das Register ist zu alt, um zu bürgen", "Beiseitelegen, Standortadmin rufen"
    ),
    (_R.CLOCK_WRONG, _V.HOLD): Words(
        "Die Uhr geht falsch: nichts ist sicher", "Beiseitelegen, Standortadmin rufen"
    ),
}

_ADVICE: Final[dict[Advice, str]] = {
    _A.NOT_ALONE: "Ein Ausweis zählt nur allein: alles andere aus dem Blickfeld nehmen",
    _A.NOT_OURS: "Dieser Ausweis gehört nicht zum Standort: beim Admin einen holen",
    _A.NOT_VALID: "Dieser Ausweis gilt nicht mehr: beim Admin einen neuen holen",
    _A.WITNESS_ONLY: "Zeugen können sich nicht anmelden: Ausweis eines Bedieners zeigen",
    _A.UNREADABLE_ROSTER: "Die Bediener sind nicht lesbar: Schichtleitung rufen",
    _A.SHOW_BADGE: "Niemand ist angemeldet: zuerst den Ausweis zeigen",
    _A.BADGE_TO_ANSWER: "Niemand ist angemeldet: Ausweis zeigen, dann antworten",
    _A.BADGE_TO_GIVE_PIN: "Niemand ist angemeldet: zuerst Ausweis zeigen, dann die PIN eingeben",
    _A.NO_PIN: "Keine PIN eingegeben: noch einmal eingeben",
    _A.PIN_TOO_LATE: "Inzwischen ist jemand anderes angemeldet: Ausweis noch einmal zeigen",
    _A.PIN_TAKEN: "PIN angenommen",
    _A.PIN_RELEASES_NOT: "Box scannen oder Schichtleitung mit Ausweis und PIN rufen",
    _A.NOT_JOURNALLED: "Das Journal nimmt es nicht an, die Quarantäne bleibt: Admin rufen",
    _A.OTHER_QUARANTINE: "Inzwischen andere Quarantäne: ansehen, dann PIN neu eingeben",
    _A.BUSY_DECLARE: "Die Station ist beschäftigt: Stück noch einmal melden",
    _A.BUSY_PIN: "Die Station ist beschäftigt: PIN noch einmal eingeben",
    _A.BUSY_ANSWER: "Die Station ist beschäftigt: noch einmal antworten",
    _A.BUSY_SCAN: "Die Station ist beschäftigt: noch einmal scannen",
    _A.NO_TYPED: "Tastaturscanner: screen: als Quelle nennen, oder evdev oder seriell nutzen",
}

_LOSSES: Final[dict[Loss, Words]] = {
    Loss.NOT_RUNNING: Words("Die Station läuft nicht", "Starten: station run"),
    Loss.ENDED: Words("Die Station wurde beendet", "Starten: station run"),
    Loss.FORBIDDEN: Words(
        "Dieser Benutzer darf nicht zur Station", "Anzeige als deren Benutzer starten"
    ),
    Loss.SILENT: Words("Die Station antwortet nicht", "Beenden und neu starten: station run"),
    Loss.HUNG_UP: Words("Die Station hat aufgelegt", "Starten: station run"),
}

GERMAN: Final = Tongue(
    _WORDS,
    _IN_ANOTHER_CLASS,
    "Dasselbe Etikett noch einmal scannen",
    {
        Lane.QUARANTINE: "die Quarantänebox",
        Lane.UNCODED: "die Zone ohne Code",
        Lane.DAMAGED: "die Schadenszone",
        Lane.UNREADABLE: "die Etikettenzone",
    },
    {
        _V.ACCEPT: "ANNEHMEN",
        _V.ACCEPT_NOTE: "ANNEHMEN",
        _V.RESCAN: "NEU LESEN",
        _V.HOLD: "KLÄREN",
        _V.QUARANTINE: "QUARANTÄNE",
        _V.STOP: "STOPP",
    },
    _ADVICE,
    _LOSSES,
)
