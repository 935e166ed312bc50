"""Causes in German."""

from typing import Final

from station.core.causes import Cause
from station.core.wording.tongue import Words

_C = Cause

SPANS: Final = ("{count} s", "{count} min", "{count} h", "{count} Tage")

CAUSES: Final[dict[Cause, Words]] = {
    _C.NEEDS_OPERATOR: Words("das braucht jemanden vom Personal", "jemanden darum bitten"),
    _C.NEEDS_SUPERVISOR: Words("das braucht die Schichtleitung", "sie darum bitten"),
    _C.NEEDS_ADMIN: Words("das braucht einen Admin", "einen darum bitten"),
    _C.NEEDS_PIN: Words("das braucht auch die PIN", "sie bei der Frage eintippen"),
    _C.NEEDS_REASON: Words("das braucht einen Grund in Worten", "ihn bei der Frage eintippen"),
    _C.NEEDS_TOTE: Words("das braucht die Box", "ihr Etikett bei der Frage scannen"),
    _C.NEEDS_CASE_NUMBER: Words(
        "das braucht die Fallnummer der Marke", "sie bei der Frage eintippen"
    ),
    _C.NEEDS_SHIPMENT: Words(
        "das braucht die Lieferung", "sie auf der Seite der Lieferungen wählen"
    ),
    _C.NEEDS_CERTIFICATE: Words(
        "das braucht die Prüfsumme des Zertifikats", "'station scanner check' ausführen"
    ),
    _C.NEEDS_WITNESS: Words("das braucht einen Zeugen", "dessen Ausweis bei der Frage scannen"),
    _C.NEEDS_OTHER_WITNESS: Words(
        "niemand bezeugt, was er selbst tut", "eine andere Person nennen"
    ),
    _C.NEEDS_WITNESS_PIN: Words(
        "das braucht auch die PIN des Zeugen", "sie ihn bei der Frage eintippen lassen"
    ),
    _C.ACT_NOT_JOURNALLED: Words(
        "es ließ sich nicht ins Journal schreiben: {why}",
        "es noch einmal versuchen, nichts wurde geändert",
    ),
    _C.ENGINE_BUSY: Words("die Station ist beschäftigt", "noch einmal darum bitten"),
    _C.NOT_UNDER_REVIEW: Words(
        "nichts mit der Nummer {scan} steht zur Prüfung", "die Liste neu ansehen"
    ),
    _C.REVIEW_ENDED: Words(
        "die Prüfung von {scan} wurde beendet durch {by}",
        "das rückgängig machen, falls es ein Versehen war",
    ),
    _C.SAME_OR_SECOND: Words(
        "das Stück ist hier schon angenommen: ist es dasselbe oder ein zweites?",
        "zuerst das beantworten",
    ),
    _C.NO_SUCH_UNIT_HERE: Words(
        "hier steht kein Stück mit diesem Code, das es sein könnte",
        "es freigeben, zurückgeben, als Fälschung bestätigen oder vernichten",
    ),
    _C.NO_UNIT_RECEIVED: Words(
        "hier ist kein Stück mit diesem Code angenommen",
        "nur eine Wiederholung so beantworten, es bleibt in Prüfung wie es ist",
    ),
    _C.RELEASE_UNPROVEN: Words(
        "sein Code beweist nicht, welches Stück es ist",
        (
            "es zurückgeben, bestätigen oder vernichten; fehlen Schlüssel, zuerst 'station "
            "sync' ausführen"
        ),
    ),
    _C.OTHER_ITEMS: Words(
        "weitere Stücke tragen denselben Code oder sind noch zu holen: {scans}",
        "zuerst deren Prüfung beenden und die Holaufträge schließen",
    ),
    _C.REGISTRY_SAYS: Words(
        "das Register sagt noch: {reason}",
        ("'station sync' ausführen, falls das aufgehoben ist; sonst zurückgeben oder vernichten"),
    ),
    _C.STANDS_FOR_GOOD: Words(
        "das Stück steht als {state}, das beendet keine Freigabe", "es zurückgeben oder vernichten"
    ),
    _C.STANDS_REPLACED: Words(
        "das Stück steht als {state}, das beendet keine Freigabe",
        ("neu etikettieren, wenn es echt ist und sein Code an ein anderes ging; sonst vernichten"),
    ),
    _C.RELABEL_UNPROVEN: Words(
        "sein Code beweist nicht, welches Stück es ist, also kann keiner ihn ersetzen",
        "es zurückgeben, bestätigen oder vernichten",
    ),
    _C.OTHER_TO_FETCH: Words(
        "ein weiteres Stück mit seinem Code ist noch zu holen",
        "zuerst den Holauftrag schließen, dann beide ansehen",
    ),
    _C.KEEPS_ITS_CODE: Words(
        "das Stück steht als {state} und behält seinen Code", "es zurückgeben oder vernichten"
    ),
    _C.LABEL_PROVES_NOTHING: Words(
        "das neue Etikett beweist kein Stück", "ein Etikett mit unbenutztem Code drucken"
    ),
    _C.LABEL_NOT_FREE: Words(
        "das Stück des neuen Etiketts ist nicht frei: {reason}",
        "das Etikett eines nie angenommenen Stücks nehmen",
    ),
    _C.LABEL_OF_OTHER_PRODUCT: Words(
        "das neue Etikett ist vom Produkt {label}, das Stück von {item}",
        "ein Etikett desselben Produkts nehmen",
    ),
    _C.NO_TASK: Words("kein Holauftrag hat die Nummer {scan}", "die Liste neu ansehen"),
    _C.TASK_CLOSED: Words("der Auftrag wurde geschlossen durch {by}", "die Liste neu ansehen"),
    _C.NOTHING_TO_UNDO: Words("das Journal enthält kein {scan}", "eine Zeile des Journals wählen"),
    _C.NOT_ONES_OWN: Words(
        "nur wer es tat, nimmt es zurück, binnen 15 Minuten, und nie eine Quarantäne",
        "die Schichtleitung darum bitten",
    ),
    _C.NOTHING_CHANGED: Words(
        "dieses Urteil änderte an keinem Stück etwas",
        "seine Prüfung beenden, falls es in Prüfung steht",
    ),
    _C.OLDER_RELEASE: Words(
        "eine ältere Version schrieb es ohne das, was vorher galt",
        "das Stück mit einem eigenen Schritt weiterführen",
    ),
    _C.UNDO_STAYS: Words(
        "ein Rückgängig wird nicht rückgängig gemacht", "noch einmal ausführen, was es zurücknahm"
    ),
    _C.ACT_IS_FINAL: Words(
        "das ist endgültig: {act}", "das Stück neu scannen, nichts nimmt es zurück"
    ),
    _C.ACT_STAYS: Words(
        "das bleibt bestehen: {act}", "das Stück neu scannen, nichts nimmt es zurück"
    ),
    _C.HAS_MOVED: Words(
        "seither ist etwas damit geschehen",
        "das Letzte rückgängig machen oder es mit einem neuen Schritt weiterführen",
    ),
    _C.NO_SHIPMENT: Words(
        "es gibt keine Lieferung {shipment}", "die Liste ansehen oder sie importieren"
    ),
    _C.SHIPMENT_CLOSED: Words(
        "Lieferung {shipment} ist geschlossen", "für Nachzügler eine eigene Lieferung importieren"
    ),
    _C.ITEMS_HELD: Words(
        "angehaltene Stücke der Lieferung {shipment}, die auf Entscheidung warten: {count}",
        "zuerst entscheiden oder mit angehaltenen Stücken schließen",
    ),
    _C.NO_SHIPMENTS_HERE: Words(
        "hier werden keine Lieferungen geführt", "eine Station darum bitten, die sie führt"
    ),
    _C.SHIPMENT_IS_OPEN: Words("Lieferung {shipment} ist offen", ""),
    _C.SHIPMENT_WAS_OPEN: Words("Lieferung {shipment} ist schon offen", ""),
    _C.SHIPMENT_IS_CLOSED: Words("Lieferung {shipment} ist nun geschlossen", ""),
    _C.NOT_ENROLLED: Words(
        "niemand namens '{name}' ist hier erfasst", "einen Admin bitten, die Person zu erfassen"
    ),
    _C.HAS_NO_PIN: Words(
        "{name} hat keine PIN", "einen Admin bitten, eine zu setzen: station operator pin {name}"
    ),
    _C.PIN_LOCKED: Words(
        "zu viele falsche PINs für {name}", "{span} warten oder einen Admin um eine neue PIN bitten"
    ),
    _C.PIN_WRONG: Words(
        "das ist nicht die PIN von {name}", "es noch einmal versuchen; Versuche übrig: {left}"
    ),
    _C.PIN_WRONG_WAIT: Words(
        "das ist nicht die PIN von {name}", "{span} warten, dann noch einmal versuchen"
    ),
    _C.PIN_NOT_GIVEN: Words("für {name} wurde keine PIN gegeben", "sie bei der Frage eintippen"),
    _C.LABEL_NOT_OURS: Words(
        "dieses Etikett ist nicht von diesem Standort",
        "einen Ausweis aus 'station operator badge' scannen",
    ),
    _C.BADGE_WANTED: Words("das ist das Etikett einer Box", "einen Ausweis scannen"),
    _C.TOTE_WANTED: Words("das ist ein Ausweis", "das Etikett einer Box scannen"),
    _C.BADGE_NOT_VALID: Words(
        "dieser Ausweis gilt nicht mehr", "einen Ausweis aus 'station operator badge' scannen"
    ),
    _C.NOT_AN_ADMIN: Words("{name} ist kein Admin", "einen Admin darum bitten"),
    _C.NAME_IS_NONE: Words(
        "ein Name hat 1 bis 20 Zeichen aus A-Z, 0-9 und Bindestrich, nicht '{name}'",
        "einen Namen wie ANNA-2 angeben",
    ),
    _C.NAME_WAS_GIVEN: Words(
        "der Name {name} wurde schon vergeben, und das Journal kennt ihn",
        "einen anderen Namen angeben, damit niemand verwechselt wird",
    ),
    _C.LAST_ADMIN: Words(
        "{name} ist der letzte Admin mit PIN: niemand könnte mehr etwas am Personal ändern",
        "zuerst einem anderen Admin eine PIN geben",
    ),
    _C.BADGES_USED_UP: Words(
        "{name} hatte so viele Ausweise, wie es geben kann",
        "die Person unter anderem Namen erfassen",
    ),
    _C.CHANGED_MEANWHILE: Words(
        "{name} wurde inzwischen von jemand anderem geändert",
        "neu ansehen, dann noch einmal versuchen",
    ),
}
