/* filters/change_words.h: words that tell what a change is worth, folded as
 * text.h does it. */
#ifndef FILTERS_CHANGE_WORDS_H
#define FILTERS_CHANGE_WORDS_H

/* clang-format off */

/* How publishers begin what they correct or take back: words without blanks,
 * what it is, who writes so.
 * Reuters: Handbook of Journalism, "Corrections, Refiles, Kills, Repeats and
 * Embargoes" (CORRECTED, "(Corrects ...", STORY WITHDRAWN); AP: News Values,
 * "Corrections/correctives", and its kill notices; dpa: stylebook,
 * "Corrections" (HOLD, KILL); COPE: guidelines on retraction, as journals name
 * them; the rest are the usual words of newspapers in these languages. */
#define NOTICES(X) \
	X("correction",          CHANGE_CORRECTION) /* AP; fr, en */ \
	X("corrective",          CHANGE_CORRECTION) /* AP */ \
	X("corrected",           CHANGE_CORRECTION) /* Reuters */ \
	X("corrects",            CHANGE_CORRECTION) /* Reuters, AP */ \
	X("clarification",       CHANGE_CORRECTION) \
	X("erratum",             CHANGE_CORRECTION) /* journals */ \
	X("corrigendum",         CHANGE_CORRECTION) /* journals */ \
	X("kill",                CHANGE_WITHDRAWN)  /* AP, dpa */ \
	X("killkillkill",        CHANGE_WITHDRAWN)  /* dpa */ \
	X("mandatorykill",       CHANGE_WITHDRAWN)  /* AP */ \
	X("storykilled",         CHANGE_WITHDRAWN)  /* AP */ \
	X("withdrawn",           CHANGE_WITHDRAWN)  /* Reuters */ \
	X("storywithdrawn",      CHANGE_WITHDRAWN)  /* Reuters */ \
	X("withdrawal",          CHANGE_WITHDRAWN) \
	X("retracted",           CHANGE_WITHDRAWN)  /* COPE */ \
	X("retraction",          CHANGE_WITHDRAWN)  /* COPE */ \
	X("retractionnote",      CHANGE_WITHDRAWN)  /* journals */ \
	X("correctif",           CHANGE_CORRECTION) /* fr */ \
	X("rectificatif",        CHANGE_CORRECTION) \
	X("rectification",       CHANGE_CORRECTION) \
	X("corrige",             CHANGE_CORRECTION) /* fr, es */ \
	X("annuleetremplace",    CHANGE_CORRECTION) \
	X("annulation",          CHANGE_WITHDRAWN) \
	X("annule",              CHANGE_WITHDRAWN) \
	X("retire",              CHANGE_WITHDRAWN) \
	X("correccion",          CHANGE_CORRECTION) /* es */ \
	X("corregido",           CHANGE_CORRECTION) \
	X("rectificacion",       CHANGE_CORRECTION) \
	X("fedeerrores",         CHANGE_CORRECTION) \
	X("fedeerratas",         CHANGE_CORRECTION) \
	X("anulada",             CHANGE_WITHDRAWN) \
	X("anulado",             CHANGE_WITHDRAWN) \
	X("anulacion",           CHANGE_WITHDRAWN) \
	X("retirada",            CHANGE_WITHDRAWN) \
	X("korrektur",           CHANGE_CORRECTION) /* de */ \
	X("korrigiert",          CHANGE_CORRECTION) \
	X("berichtigung",        CHANGE_CORRECTION) /* dpa */ \
	X("richtigstellung",     CHANGE_CORRECTION) \
	X("zuruckgezogen",       CHANGE_WITHDRAWN) \
	X("meldungzuruckgezogen", CHANGE_WITHDRAWN) \
	X("تصحيح",               CHANGE_CORRECTION) /* ar */ \
	X("تصويب",               CHANGE_CORRECTION) \
	X("استدراك",             CHANGE_CORRECTION) \
	X("الغاء",               CHANGE_WITHDRAWN) \
	X("سحب",                 CHANGE_WITHDRAWN) \
	X("исправление",         CHANGE_CORRECTION) /* ru */ \
	X("исправлено",          CHANGE_CORRECTION) \
	X("уточнение",           CHANGE_CORRECTION) \
	X("поправка",            CHANGE_CORRECTION) \
	X("опровержение",        CHANGE_WITHDRAWN) \
	X("аннулировано",        CHANGE_WITHDRAWN) \
	X("аннулируется",        CHANGE_WITHDRAWN) \
	X("отозвано",            CHANGE_WITHDRAWN) \
	X("更正",                CHANGE_CORRECTION) /* zh */ \
	X("更正启事",            CHANGE_CORRECTION) \
	X("勘误",                CHANGE_CORRECTION) \
	X("勘誤",                CHANGE_CORRECTION) \
	X("撤稿",                CHANGE_WITHDRAWN) \
	X("撤回",                CHANGE_WITHDRAWN)

/* Words beside which a number counts nothing: it stands BEFORE ("5 minutes"),
 * AFTER ("points: 120") or on EITHER side.  A MARK counts nothing itself, nor
 * does the number after it (UPDATE 2-). */
#define QUIET_WORDS(X) \
	X("update",       MARK) \
	X("updated",      MARK) \
	X("live",         MARK) \
	X("wrapup",       MARK) /* Reuters */ \
	X("refile",       MARK) /* Reuters: a slip that changes nothing */ \
	X("actualise",    MARK) \
	X("actualizado",  MARK) \
	X("aktualisiert", MARK) \
	X("обновлено",    MARK) \
	X("min",          BEFORE) \
	X("mins",         BEFORE) \
	X("minute",       BEFORE) \
	X("minutes",      BEFORE) \
	X("minuten",      BEFORE) \
	X("minuto",       BEFORE) \
	X("minutos",      BEFORE) \
	X("минута",       BEFORE) \
	X("минуту",       BEFORE) \
	X("минуты",       BEFORE) \
	X("минут",        BEFORE) \
	X("دقيقه",        BEFORE) \
	X("دقايق",        BEFORE) \
	X("分",           BEFORE) \
	X("comment",      EITHER) \
	X("comments",     EITHER) \
	X("commentaires", EITHER) \
	X("comentarios",  EITHER) \
	X("kommentare",   EITHER) \
	X("likes",        EITHER) \
	X("points",       AFTER)

/* After a clock time. */
#define ZONE_WORDS(X) \
	X("am") X("pm") X("gmt") X("utc") X("bst") X("cet") X("cest") \
	X("et") X("est") X("edt") X("ist") X("msk") X("мск") X("uhr")

/* clang-format on */

#endif
