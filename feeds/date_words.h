/* feeds/date_words.h: the words of dates: months, halves of the day, zones. */
#ifndef FEEDS_DATE_WORDS_H
#define FEEDS_DATE_WORDS_H

/* clang-format off */

/* How the names of a month begin, folded to lower case.  The longest that fits
 * counts. */
#define DATE_MONTHS(X) \
	X("jan", 1)    X("feb", 2)    X("mar", 3)    X("apr", 4) \
	X("may", 5)    X("jun", 6)    X("jul", 7)    X("aug", 8) \
	X("sep", 9)    X("oct", 10)   X("nov", 11)   X("dec", 12) \
	/* French */ \
	X("fév", 2)    X("fev", 2)    X("avr", 4)    X("mai", 5) \
	X("juin", 6)   X("juil", 7)   X("aoû", 8)    X("aou", 8) \
	X("déc", 12) \
	/* German, Dutch, Nordic */ \
	X("jän", 1)    X("mär", 3)    X("mrt", 3)    X("maart", 3) \
	X("mei", 5)    X("maj", 5)    X("okt", 10)   X("dez", 12) \
	X("des", 12) \
	/* Spanish, Portuguese, Italian */ \
	X("ene", 1)    X("gen", 1)    X("abr", 4)    X("mag", 5) \
	X("giu", 6)    X("lug", 7)    X("ago", 8)    X("set", 9) \
	X("out", 10)   X("ott", 10)   X("dic", 12) \
	/* Polish, Turkish */ \
	X("sty", 1)    X("lut", 2)    X("kwi", 4)    X("cze", 6) \
	X("lip", 7)    X("sie", 8)    X("wrz", 9)    X("paź", 10) \
	X("lis", 11)   X("gru", 12) \
	X("oca", 1)    X("şub", 2)    X("nis", 4)    X("haz", 6) \
	X("tem", 7)    X("ağu", 8)    X("eyl", 9)    X("eki", 10) \
	X("kas", 11)   X("ara", 12) \
	/* Russian, Ukrainian */ \
	X("янв", 1)    X("фев", 2)    X("мар", 3)    X("апр", 4) \
	X("май", 5)    X("мая", 5)    X("июн", 6)    X("июл", 7) \
	X("авг", 8)    X("сен", 9)    X("окт", 10)   X("ноя", 11) \
	X("дек", 12) \
	X("січ", 1)    X("лют", 2)    X("бер", 3)    X("кві", 4) \
	X("тра", 5)    X("чер", 6)    X("лип", 7)    X("сер", 8) \
	X("вер", 9)    X("жов", 10)   X("лис", 11)   X("гру", 12) \
	/* Greek */ \
	X("ιαν", 1)    X("φεβ", 2)    X("μαρ", 3)    X("μάρ", 3) \
	X("απρ", 4)    X("μαι", 5)    X("μαΐ", 5)    X("μάι", 5) \
	X("ιουν", 6)   X("ιούν", 6)   X("ιουλ", 7)   X("ιούλ", 7) \
	X("αυγ", 8)    X("αύγ", 8)    X("σεπ", 9)    X("οκτ", 10) \
	X("νοε", 11)   X("νοέ", 11)   X("δεκ", 12) \
	/* Arabic */ \
	X("يناير", 1)  X("فبراير", 2) X("مارس", 3)   X("أبريل", 4) \
	X("ابريل", 4)  X("إبريل", 4)  X("مايو", 5)   X("يونيو", 6) \
	X("يونية", 6)  X("يوليو", 7)  X("يولية", 7)  X("أغسطس", 8) \
	X("اغسطس", 8)  X("سبتمبر", 9) X("أكتوبر", 10) X("اكتوبر", 10) \
	X("نوفمبر", 11) X("ديسمبر", 12) \
	X("جانفي", 1)  X("فيفري", 2)  X("أفريل", 4)  X("ماي", 5) \
	X("جوان", 6)   X("جويلية", 7) X("أوت", 8) \
	/* Hebrew */ \
	X("ינו", 1)    X("פבר", 2)    X("מרץ", 3)    X("מרס", 3) \
	X("אפר", 4)    X("מאי", 5)    X("יוני", 6)   X("יולי", 7) \
	X("אוג", 8)    X("ספט", 9)    X("אוק", 10)   X("נוב", 11) \
	X("דצמ", 12)

/* Words that stand for themselves.  Minutes east of UTC for ZONE. */
#define DATE_WORDS(X) \
	X("am", AM, 0)        X("pm", PM, 0)        X("오전", AM, 0) \
	X("오후", PM, 0)      X("上午", AM, 0)      X("下午", PM, 0) \
	X("午前", AM, 0)      X("午後", PM, 0)      X("ص", AM, 0) \
	X("م", PM, 0) \
	X("t", TIME, 0) \
	X("st", FILLER, 0)    X("nd", FILLER, 0)    X("rd", FILLER, 0) \
	X("th", FILLER, 0)    X("er", FILLER, 0)    X("de", FILLER, 0) \
	X("del", FILLER, 0)   X("of", FILLER, 0)    X("at", FILLER, 0) \
	X("um", FILLER, 0)    X("à", FILLER, 0)     X("a", FILLER, 0) \
	X("в", FILLER, 0)     X("г", FILLER, 0)     X("года", FILLER, 0) \
	X("년", FILLER, 0)    X("월", FILLER, 0)    X("일", FILLER, 0) \
	X("年", FILLER, 0)    X("月", FILLER, 0)    X("日", FILLER, 0) \
	X("z", ZONE, 0)       X("ut", ZONE, 0)      X("utc", ZONE, 0) \
	X("gmt", ZONE, 0)     X("wet", ZONE, 0)     X("west", ZONE, 60) \
	X("bst", ZONE, 60)    X("cet", ZONE, 60)    X("cest", ZONE, 120) \
	X("met", ZONE, 60)    X("mest", ZONE, 120)  X("mez", ZONE, 60) \
	X("mesz", ZONE, 120)  X("eet", ZONE, 120)   X("eest", ZONE, 180) \
	X("msk", ZONE, 180)   X("cat", ZONE, 120)   X("sast", ZONE, 120) \
	X("eat", ZONE, 180)   X("wat", ZONE, 60)    X("pkt", ZONE, 300) \
	X("ist", ZONE, 330)   X("wib", ZONE, 420)   X("hkt", ZONE, 480) \
	X("sgt", ZONE, 480)   X("awst", ZONE, 480)  X("jst", ZONE, 540) \
	X("kst", ZONE, 540)   X("acst", ZONE, 570)  X("aest", ZONE, 600) \
	X("aedt", ZONE, 660)  X("nzst", ZONE, 720)  X("nzdt", ZONE, 780) \
	X("nst", ZONE, -210)  X("ndt", ZONE, -150)  X("ast", ZONE, -240) \
	X("adt", ZONE, -180)  X("est", ZONE, -300)  X("edt", ZONE, -240) \
	X("et", ZONE, -300)   X("cst", ZONE, -360)  X("cdt", ZONE, -300) \
	X("ct", ZONE, -360)   X("mst", ZONE, -420)  X("mdt", ZONE, -360) \
	X("mt", ZONE, -420)   X("pst", ZONE, -480)  X("pdt", ZONE, -420) \
	X("pt", ZONE, -480)   X("akst", ZONE, -540) X("akdt", ZONE, -480) \
	X("hst", ZONE, -600)  X("brt", ZONE, -180)  X("art", ZONE, -180)

/* clang-format on */
#endif
