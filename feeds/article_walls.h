/* feeds/article_walls.h: what pages say that stand in the place of an article.
 * In lower case, as far as ASCII goes. */
#ifndef FEEDS_ARTICLE_WALLS_H
#define FEEDS_ARTICLE_WALLS_H

/* A short page that holds one asks for consent or a proof of being human. */
#define ARTICLE_WALLS(X) \
	X("enable javascript and cookies") \
	X("verify you are human") \
	X("verify you are a human") \
	X("not a robot") \
	X("checking your browser") \
	X("unusual traffic") \
	X("captcha") \
	X("access denied") \
	X("access to this page has been denied") \
	X("pardon our interruption") \
	X("security check to access") \
	X("before you continue") \
	X("we value your privacy") \
	X("manage your consent") \
	X("bevor sie fortfahren") \
	X("ihre privatsphäre ist uns wichtig") \
	X("dass sie ein mensch sind") \
	X("kein roboter") \
	X("zugriff verweigert") \
	X("avant de continuer") \
	X("respect de votre vie privée") \
	X("vérifiez que vous êtes humain") \
	X("pas un robot") \
	X("accès refusé") \
	X("antes de continuar") \
	X("valoramos tu privacidad") \
	X("valoramos su privacidad") \
	X("que eres humano") \
	X("no soy un robot") \
	X("acceso denegado") \
	X("prima di continuare") \
	X("la tua privacy è importante") \
	X("verifica di essere umano") \
	X("non sono un robot") \
	X("accesso negato") \
	X("valorizamos a sua privacidade") \
	X("que você é humano") \
	X("não sou um robô") \
	X("acesso negado") \
	X("voordat je verdergaat") \
	X("wij respecteren uw privacy") \
	X("dat u een mens bent") \
	X("geen robot") \
	X("toegang geweigerd") \
	X("zanim przejdziesz") \
	X("cenimy twoją prywatność") \
	X("nie jestem robotem") \
	X("odmowa dostępu") \
	X("devam etmeden önce") \
	X("robot olmadığınızı") \
	X("insan olduğunuzu") \
	X("gizliliğinize önem veriyoruz") \
	X("erişim engellendi") \
	X("режде чем продолжить") \
	X("не робот") \
	X("что вы человек") \
	X("оступ запрещен") \
	X("оступ ограничен") \
	X("що ви людина") \
	X("оступ заборонено") \
	X("قبل المتابعة") \
	X("لست برنامج روبوت") \
	X("تحقق من أنك إنسان") \
	X("تم رفض الوصول") \
	X("نحن نقدر خصوصيتك") \
	X("אינני רובוט") \
	X("请完成验证") \
	X("验证您是真人") \
	X("続行する前に") \
	X("ロボットではありません")

/* The same in the page's markup: the scripts of the usual guards. */
#define ARTICLE_GUARDS(X) \
	X("/cdn-cgi/challenge-platform/") \
	X("_Incapsula_Resource") \
	X("px-captcha") \
	X("captcha-delivery.com") \
	X("g-recaptcha") \
	X("h-captcha")

/* A short text beside one is the beginning of what subscribers read. */
#define ARTICLE_PAYWALLS(X) \
	X("to continue reading") \
	X("continue reading this article") \
	X("to keep reading") \
	X("to read the full") \
	X("already a subscriber") \
	X("for subscribers only") \
	X("exclusive to subscribers") \
	X("nur für abonnenten") \
	X("jetzt weiterlesen") \
	X("um weiterzulesen") \
	X("réservé aux abonnés") \
	X("réservée aux abonnés") \
	X("pour lire la suite") \
	X("para seguir leyendo") \
	X("exclusivo para suscriptores") \
	X("solo para suscriptores") \
	X("riservato agli abbonati") \
	X("per continuare a leggere") \
	X("exclusivo para assinantes") \
	X("para continuar lendo") \
	X("alleen voor abonnees") \
	X("om verder te lezen") \
	X("tylko dla prenumeratorów") \
	X("aby czytać dalej") \
	X("только подписчикам") \
	X("только для подписчиков") \
	X("тільки для передплатників") \
	X("okumaya devam etmek için") \
	X("لمواصلة القراءة") \
	X("למנויים בלבד") \
	X("有料会員限定") \
	X("この記事は会員限定")

#endif
