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
        "das Stück ist hier schon angenommen, dies ist dasselbe oder ein zweites",
        "zuerst beantworten, welches",
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
    _C.HAS_NO_PIN: Words("{name} hat keine PIN", "einen Admin bitten, eine zu setzen"),
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
    _C.RECORD_FORGED: Words(
        "{name} steht nicht so da, wie diese Station es schrieb",
        "'station journal verify' ausführen",
    ),
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
    _C.STORAGE_FULL: Words(
        "{path}: der Datenträger ist voll",
        "Platz schaffen: Altes löschen; es geht von selbst weiter",
    ),
    _C.STORAGE_READ_ONLY: Words(
        "{path}: lässt sich nicht schreiben",
        "einen Admin bitten, Datei und Ordner beschreibbar zu machen",
    ),
    _C.STORAGE_LOCKED: Words(
        "{path}: ein anderes Programm hält es", "jenes Programm beenden, dann noch einmal versuchen"
    ),
    _C.STORAGE_UNOPENED: Words(
        "{path}: lässt sich nicht öffnen", "ansehen, ob der Ordner da und lesbar ist"
    ),
    _C.STORAGE_DISK_FAILS: Words(
        "{path}: der Datenträger meldet einen Fehler",
        "den Admin rufen: den Ordner auf einen heilen Datenträger kopieren",
    ),
    _C.STORAGE_DAMAGED: Words(
        "{path}: ist beschädigt", "den Admin rufen: aus einer Sicherung zurückholen"
    ),
    _C.STORAGE_MISSING: Words(
        "{path}: ist nicht da", "ansehen, ob der Ordner des Standorts stimmt"
    ),
    _C.STORAGE_FAILS: Words("{path}: {detail} (System)", "Datenträger, Ordner und Rechte ansehen"),
    _C.NO_REGISTRY_YET: Words("noch wurde kein Register geholt", "'station sync' ausführen"),
    _C.SITE_IN_USE: Words(
        "{who} hat den Standort", "erst jenes Programm beenden: nur eines nimmt an"
    ),
    _C.NOT_KNOWN_IF_DONE: Words(
        "ob es getan ist, ist nicht bekannt",
        "die Liste noch einmal ansehen; wenn nicht, noch einmal verlangen",
    ),
    _C.ORIGIN_NOT_SET: Words("nicht gesetzt", "unter [sync] in station.toml nennen"),
    _C.SYNC_NEVER: Words("noch nie", "'station sync' ausführen"),
    _C.SYNC_TIME_UNKNOWN: Words("unbekannt, wann", "'station sync' ausführen"),
    _C.SYNC_OF_ALL: Words("{time}, alles davon: {why}", ""),
    _C.SYNC_AT_REST: Words("läuft nicht", ""),
    _C.OUTBOX_STANDS: Words("wartend: {waiting}, abgelehnt: {refused}", ""),
    _C.OUTBOX_REFUSED: Words(
        "wartend: {waiting}, abgelehnt: {refused}", "'station outbox list' ansehen"
    ),
    _C.TICKET_OPEN: Words(
        "{faults} seit {time}, Ticket {number}", "'station scanner tickets' ansehen"
    ),
    _C.PIN_IS_NONE: Words("eine PIN hat 4 bis 12 Ziffern", "eine andere wählen"),
    _C.PIN_COUNTS: Words(
        "die PIN zählt in gleichen Schritten, wie jeder zuerst probiert", "eine andere wählen"
    ),
    _C.PIN_REPEATS: Words(
        "die PIN wiederholt ein kürzeres Stück, wie jeder zuerst probiert", "eine andere wählen"
    ),
    _C.PINS_DIFFER: Words("die beiden PINs sind verschieden", "die neue noch einmal eingeben"),
    _C.DEVICE_CONNECTED: Words("{device} ist verbunden", ""),
    _C.DEVICE_NAME_IT: Words(
        "{device} ist verbunden", "ihn {name} nennen, das bleibt nach neuem Einstecken gleich"
    ),
    _C.DEVICE_LOST: Words(
        "{device} wurde ausgesteckt oder ausgeschaltet",
        "wieder einstecken; das Scannen geht von selbst weiter",
    ),
    _C.DEVICE_MISSING: Words(
        "es gibt kein Gerät {device}",
        "Kabel und Strom prüfen oder in station.toml ein anderes nennen",
    ),
    _C.DEVICE_FORBIDDEN: Words(
        "{device} darf nicht geöffnet werden",
        "den Admin bitten, den Benutzer der Station in dessen Gruppe aufzunehmen",
    ),
    _C.DEVICE_IN_USE: Words(
        "ein anderes Programm benutzt {device}", "es beenden; 'fuser -v {device}' nennt es"
    ),
    _C.DEVICE_NO_SCANNER: Words(
        "{device} ist kein Gerät eines Scanners", "in station.toml ein anderes nennen"
    ),
    _C.DEVICE_FAILS: Words(
        "{device} arbeitet nicht ({why})", "Kabel und Strom prüfen, neu einstecken"
    ),
    _C.SCANNER_SILENT: Words(
        "der Scanner antwortet nicht im eingestellten Protokoll",
        "den Scanner darauf umstellen oder hier framing auf lines stellen",
    ),
    _C.SCANNER_ANSWERS: Words("der Scanner antwortet wieder", ""),
    _C.SCAN_CUT_OFF: Words(
        "der Rest des Scans kam nicht",
        "noch einmal scannen; bleibt es so, am Scanner CR nach jedem Scan einstellen",
    ),
    _C.SCAN_TOO_LONG: Words(
        "der Scan ist länger als jedes Symbol",
        "am Scanner CR nach jedem Scan einstellen, Baudraten vergleichen",
    ),
    _C.LINE_TOO_LONG: Words(
        "die Zeile ist länger als jedes Symbol", "einen Code je Zeile schreiben"
    ),
    _C.SCAN_LEFT_OFF: Words(
        "der Scanner verschwand mitten im Scan", "noch einmal scannen, sobald er wieder da ist"
    ),
    _C.SCAN_KEYS_LOST: Words(
        "Zeichen des Scans gingen unterwegs verloren",
        "noch einmal scannen; kommt das oft, ist der Rechner überlastet",
    ),
    _C.SCAN_WITHOUT_PREFIX: Words(
        "der Scan beginnt nicht mit dem eingestellten Präfix",
        "das Präfix am Scanner wie hier einstellen",
    ),
    _C.SCAN_WITHOUT_SUFFIX: Words(
        "der Scan endet nicht mit dem eingestellten Suffix",
        "das Suffix am Scanner wie hier einstellen",
    ),
    _C.SCANS_WHOLE_AGAIN: Words("Scans kommen wieder ganz an", ""),
    _C.OUTPUT_WORKS: Words("ist verbunden", ""),
    _C.OUTPUT_LOST: Words("antwortet nicht ({device})", "Strom, Kabel und Adresse prüfen"),
    _C.OUTPUT_REFUSES: Words(
        "nimmt den Befehl nicht an ({device})",
        "seine Einstellungen mit der Konfiguration vergleichen",
    ),
    _C.OUTPUT_NO_BOARD: Words(
        "das Gerät dort ist nicht die Platine der Station",
        "ein anderes Gerät nennen oder es als Modbus-Ausgang angeben",
    ),
    _C.OUTPUT_OTHER_PROGRAM: Words(
        "das Programm der Platine ist von einer anderen Version",
        "den Admin bitten, das Programm dieser Version aufzuspielen",
    ),
    _C.GATE_DROPPED: Words(
        "die Platine ließ die Weiche fallen: kein Lebenszeichen oder neu gestartet",
        "warten, sie fängt sich selbst; kommt es wieder, Kabel und Strom prüfen",
    ),
    _C.GATE_SWITCHES: Words(
        "beide Endschalter der Weiche sind zugleich geschlossen", "sie und ihre Leitungen prüfen"
    ),
    _C.GATE_ASTRAY: Words(
        "die Weiche steht nicht, wo sie stehen soll",
        "sie lösen, Antrieb und Endschalter prüfen; nach den letzten Stücken sehen",
    ),
    _C.REGISTRY_UNREADABLE: Words("lässt sich nicht lesen: {why}", "'station doctor' ausführen"),
    _C.REGISTRY_OLDER: Words(
        "Stand {offered} ist älter als {number}, der in Gebrauch bleibt", "'station sync' ausführen"
    ),
    _C.REGISTRY_IN_USE: Words("Stand {number} vom {time}", ""),
    _C.REGISTRY_OLD: Words("älter als {hours} h", "'station sync' ausführen"),
    _C.REGISTRY_TOO_OLD: Words(
        "älter als {hours} h, Urteile sind vorläufig", "'station sync' ausführen"
    ),
    _C.REGISTRY_AGE_UNKNOWN: Words("sein Alter ist nicht bekannt", "die Uhr richtig stellen"),
    _C.NOT_KNOWN: Words("nicht bekannt: {why}", "'station doctor' ausführen"),
    _C.EVENTS_STAY: Words("Ereignisse bleiben hier, [upload] nennt keinen Empfänger", ""),
    _C.EVENTS_REFUSED: Words("abgelehnte Ereignisse: {count}", "'station outbox list' ansehen"),
    _C.EVENTS_WAIT: Words("wartende Ereignisse: {count}", "'station outbox send' ausführen"),
    _C.EVENTS_SENT: Words("rechtzeitig gesendet", ""),
    _C.DISK_ROOM: Words("genug Platz", ""),
    _C.DISK_LOW: Words("noch {count} MB frei", "Platz schaffen: Altes löschen"),
    _C.SYNC_UNDER_WAY: Words("läuft, {who}", ""),
    _C.FIGURES_STAND_STILL: Words("sie stehen still: {why}", "'station doctor' ausführen"),
    _C.LATCH_NOT_KEPT: Words(
        "diese Quarantäne überstünde keinen Neustart: {why}",
        "das Stück beiseitelegen, den Admin rufen",
    ),
    _C.LATCH_NOT_FORGOTTEN: Words(
        "die verwahrte Quarantäne stünde nach einem Neustart wieder da: {why}", "den Admin rufen"
    ),
    _C.CLOCK_BEHIND_REGISTRY: Words(
        "geht {span} nach gegen die Signatur des Registers, Urteile sind vorläufig",
        "sie richtig stellen; stimmt sie, 'station clock --confirm' ausführen",
    ),
    _C.CLOCK_BEHIND_JOURNAL: Words(
        "geht {span} nach gegen das Journal, Urteile sind vorläufig",
        "sie richtig stellen; stimmt sie, 'station clock --confirm' ausführen",
    ),
    _C.CLOCK_PUT_BACK: Words(
        "wurde um {span} zurückgestellt, Urteile sind vorläufig",
        "sie richtig stellen; stimmt sie, 'station clock --confirm' ausführen",
    ),
    _C.CLOCK_PUT_FORWARD: Words(
        "wurde um {span} vorgestellt, Urteile sind vorläufig",
        "sie richtig stellen; stimmt sie, 'station clock --confirm' ausführen",
    ),
    _C.CLOCK_NOT_REMEMBERED: Words(
        "ein Zurückstellen fiele jetzt nicht auf: {why}", "'station doctor' ausführen"
    ),
    _C.CLOCK_WATCHED_AGAIN: Words("wird wieder überwacht", ""),
    _C.CLOCK_RIGHT_AGAIN: Words("geht wieder richtig", ""),
    _C.PICTURES_FAIL: Words(
        "nicht aufbewahrt oder aufgeräumt: {why}", "'station doctor' ausführen"
    ),
    _C.PICTURE_NOT_KEPT: Words("nicht aufbewahrt: {why}", "die Bilddatei selbst aufbewahren"),
    _C.PICTURES_TOO_MANY: Words(
        "nicht aufbewahrt, die Platte ist zu langsam für so viele: {count}", "die Platte prüfen"
    ),
    _C.PICTURE_NOT_JOURNALLED: Words(
        "aufbewahrt, aber nicht im Journal: {why}", "'station doctor' ausführen"
    ),
    _C.PICTURES_REMOVED: Words(
        "aus Platzmangel entfernt, obwohl in Prüfung: {count}",
        "Prüfungen beenden oder pictures.max_mb erhöhen",
    ),
    _C.PICTURES_KEPT_AGAIN: Words("Bilder werden wieder aufbewahrt", ""),
    _C.LOOK_UPS_FAIL: Words(
        "Register oder Annahmen antworten nicht: {why}",
        "'station sync', dann 'station doctor' ausführen",
    ),
    _C.JOURNAL_FAILS: Words(
        "Urteile lassen sich nicht festhalten: {why}", "Band anhalten, Schichtleitung rufen"
    ),
    _C.CHANGE_FORGED: Words(
        "eine Änderung von Personen oder Lieferungen entstand ohne den Schlüssel dieser Station",
        "'station journal verify' ausführen",
    ),
    _C.PINS_LOCKED: Words(
        "zu viele falsche PINs für {names}", "sie fragen; einen Admin eine neue PIN setzen lassen"
    ),
    _C.ROSTER_FAILS: Words(
        "das Personal lässt sich nicht lesen: {why}", "die Schichtleitung rufen"
    ),
    _C.ENGINE_STOPS: Words("interner Fehler ({why}), die Station hält an", "sie neu starten"),
    _C.SOURCE_ENDED: Words(
        "liest nicht mehr: {why}", "das Gerät prüfen, dann die Station neu starten"
    ),
    _C.SCANNER_FAULTS: Words("gestört: {faults}", "'station scanner tickets' ansehen"),
    _C.READER_RESCANS: Words(
        "verlangt oft neues Scannen", "Scheibe reinigen; Abstand, Licht und Druck ansehen"
    ),
    _C.READER_ALARMS: Words(
        "zu viele seiner Alarme waren falsch", "'station figures' und den Scanner ansehen"
    ),
    _C.SOUND_FAILS: Words("keine Töne: {why}", "'station sound test' ausführen"),
    _C.SOUND_AGAIN: Words("tönt wieder", ""),
    _C.CAMERA_SILENT: Words(
        "{device} liefert kein Bild, Versuche laufen", "Strom, Kabel, Netz und Adresse prüfen"
    ),
    _C.CAMERA_DELIVERS: Words("{device} liefert {width} × {height} Pixel", ""),
    _C.CAMERA_GOOD_AGAIN: Words("{device} liefert wieder ein gutes Bild", ""),
    _C.CAMERA_REFUSES: Words(
        "{device} arbeitet und nimmt nicht an: {settings}",
        "wählen, was sein Treiber hat (v4l2-ctl -L), oder den Schlüssel streichen",
    ),
    _C.CAMERA_FROZEN: Words(
        "{device} sendet immer dasselbe Bild", "sie aus- und einschalten, das Netz prüfen"
    ),
    _C.CAMERA_COVERED: Words(
        "{device} sieht nur ein einziges Grau",
        "wegnehmen, was die Linse bedeckt, und Licht einschalten",
    ),
    _C.CAMERA_DARK: Words(
        "{device} ist unterbelichtet",
        "mehr Licht geben oder länger belichten oder die Blende öffnen",
    ),
    _C.CAMERA_BRIGHT: Words(
        "{device} ist überbelichtet", "kürzer belichten oder die Lampe von der Kamera wegdrehen"
    ),
    _C.CAMERA_BLURRED: Words(
        "{device} ist unscharf", "auf den Abstand der Etiketten scharf stellen, die Linse wischen"
    ),
    _C.PICTURE_UNREAD: Words("Bild {picture}: {why}", "die Datei ansehen"),
    _C.LABELS_UNREAD: Words(
        "nicht lesbare Etiketten in {picture}: {count}",
        "das Bild näher und schärfer aufnehmen oder einzeln scannen",
    ),
}
