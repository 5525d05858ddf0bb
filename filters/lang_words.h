/* filters/lang_words.h: frequent words of languages that share their script
 * with others, and letters that few of these have. */
#ifndef FILTERS_LANG_WORDS_H
#define FILTERS_LANG_WORDS_H

/* Language, letters, words in lower case.  Languages that no news is likely to
 * be in stand here so that their texts are not taken for others'. */
/* clang-format off */
#define LANG_WORDS(X) \
	X("en", "", \
	  "the of and to in a is that for on with as was at by from it be this are an have has not he his but they which " \
	  "or will been their had its who were we would said after more than about when up one all there can she her also " \
	  "into over out new two what if could no some new time year first last people may i you your how says our most " \
	  "before because during while where between them than these those being so do if back against through under since " \
	  "my just off made week according should did us") \
	X("pcm", "", \
	  "di dey wey na dem im wetin dis dat don sey say go fit no e for and make una tok pipo oga sabi dia afta sake " \
	  "wia wen tori from on top pesin kontri neva still one dose taim bin") \
	X("fr", "œ ç ê è ù", \
	  "le la les de des du et en un une que qui dans pour sur par est au aux pas plus ce se il elle son sa ses avec ne a ont " \
	  "été être sont cette mais comme ou leur leurs ces après entre selon deux fait d l qu n s c j on nous vous y avait était " \
	  "aussi sans sous à où ils dont contre lors même tout tous peut encore depuis") \
	X("de", "ß ä ü ö", \
	  "der die das und in den von zu mit des sich auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie " \
	  "nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man " \
	  "sein wurde sei ihre seine hatte kann gegen vom wenn unter wir ich seit diese dieser") \
	X("es", "ñ ¿ ¡", \
	  "de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este ha sí porque esta " \
	  "entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni contra otros fue " \
	  "ese eso había ante ellos e esto son está han según tras dos años ser unos estos hace tiene") \
	X("pt", "ã õ", \
	  "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua ou quando muito " \
	  "nos já eu também só pelo pela até isso ela entre depois sem mesmo aos seus quem nas me esse eles você essa num nem " \
	  "suas meu às minha numa pelos elas qual nós lhe deles foi são está ser tem segundo sobre após ano anos ainda") \
	X("gl", "", \
	  "de a o que e do da en un para con non unha os no se na por máis as dos como pero ao das á súa seu ou cando moi " \
	  "nos xa tamén só pola polo até iso ela entre despois sen mesmo aos seus nas foi son está ser ten segundo sobre ano " \
	  "anos unhas uns hai dende polos polas nunha onte hoxe") \
	X("ca", "ç l·l", \
	  "de la que el en i a els del es les per un amb no una al com més però seus seva seu va ha aquest aquesta entre quan " \
	  "molt sense sobre també fins hi on des tot són està han segons dos anys ser d l s n pel als dels fer ja o perquè " \
	  "què és hem havia després contra han estat ens") \
	X("it", "", \
	  "di e il la che in un a per è una sono del non con si da come le dei della ha al più nel ma alla i gli anche lo " \
	  "delle su se dal o ed alle dalla nella tra dopo ai sul questo questa suo sua stato essere due loro ad anni ancora " \
	  "solo cui hanno fatto c l d dell nell all dall sull quando era chi ci degli nei secondo contro fino anno prima") \
	X("ro", "ă ș ț ş ţ â î", \
	  "de și în a la cu din pe care nu o este că un mai pentru au fi sau al ale ce fost s se prin după ca i sunt lui " \
	  "această acest dar despre între unui unei ar am ei lor cel cea cele cei ani va vor dintre până fără sa său " \
	  "si in sa pentru iar când a-l potrivit dacă") \
	X("nl", "", \
	  "de het een en van in is dat op te zijn met voor niet aan er die maar om ook als dan bij nog naar uit door over " \
	  "hij zij ze wordt werd heeft hebben was worden tot deze dit meer kan al geen zich hun haar wat of we onder tegen " \
	  "na jaar moet zou zal waar twee veel alle volgens tussen omdat nieuwe") \
	X("af", "", \
	  "die van en in is het dat op te om met vir nie aan wat n hy sy ook as by nog na uit deur oor was word hulle hier " \
	  "kan meer geen sal moet ons jou sê se wees teen tot maar een dit daar toe gaan twee") \
	X("sv", "å ä ö", \
	  "och i att det som en på är av för med till den har de inte om ett han men var jag sig från vi så kan när år " \
	  "under också efter eller nu sin där vid mot ska skulle hade alla mycket ut än hon har man upp vill blir bli varit " \
	  "säger över kommer detta denna dessa deras hans två andra mellan") \
	X("da", "å æ ø", \
	  "og i at det som en på er af for med til den har de ikke om et han men var jeg sig fra vi så kan når år under " \
	  "også efter eller nu sin der ved mod skal ville havde alle meget ud end hun man op vil bliver blive været siger " \
	  "over kommer dette denne disse deres hans to andre mellem blev nogle efter mere få noget selv hvor hvad mellem ifølge") \
	X("no", "å æ ø", \
	  "og i at det som en på er av for med til den har de ikke om et han men var jeg seg fra vi så kan når år under " \
	  "også etter eller nå sin der ved mot skal ville hadde alle mye ut enn hun man opp vil blir bli vært sier over " \
	  "kommer dette denne disse deres hans to andre mellom ble noen mer få noe selv hvor hva ein eit ikkje frå dei eg " \
	  "ifølge sitt etter") \
	X("is", "þ ð æ ö á í", \
	  "og í að á er sem það við um til en var með fyrir ekki hann af hefur voru eru frá því þar ekki hún þá þau þeir " \
	  "eftir segir sér verið hafa verður úr eða ég") \
	X("fi", "ä ö", \
	  "ja on ei että se hän ovat oli mutta kuin myös joka mukaan sen ole jo kun tai niin vuoden vain kanssa mitä nyt " \
	  "hänen olisi jos ne sitä voi vuonna jälkeen tämä ollut sekä noin jotka ennen vielä siitä kuitenkin ovat sanoo kertoo " \
	  "tämän minä me he ettei eikä ollaan koko yli sitten olivat muun muassa") \
	X("et", "õ ä ö ü", \
	  "ja on et ei see oli ka mis kui ta aga oma kes või nii ning selle veel siis aasta pärast kuid seda ole üle " \
	  "välja pole poolt tema nad kõik ma olid juba vaid mida seal mille nende ütles sai kus") \
	X("hu", "ő ű ö ü á é", \
	  "a az és hogy nem is egy ez volt van meg azt csak de mint már még el ki után lesz ezt vagy szerint ha most aki " \
	  "pedig sem két nagy lehet amely ami több így közölte minden kell majd ezért akik során úgy amikor között ennek " \
	  "magyar arra erre őt neki ezek") \
	X("pl", "ł ą ę ż ś ź ć ń", \
	  "w i na z się nie do to że jest o jak po od za przez co dla są a oraz ale już tym tak tego by było czy jego był " \
	  "może tylko także przed które który która ich jej ze być roku też lat pod gdy bo przy nad jednak tej te ten ma " \
	  "mi jako więc tych została został") \
	X("cs", "ě ř ů č š ž ý", \
	  "a v se na je že s z do to i o k ve pro za by ale jako jsou po od který která které si co už tak byl bylo byla " \
	  "podle jeho při ze jak není před nebo také má více mezi jen než však když let až jsme roku být ještě bude ho " \
	  "jejich aby své svou") \
	X("sk", "ľ ĺ ŕ ô ä č š ž ý", \
	  "a v sa na je že s z do to aj o k vo pre za by ale ako sú po od ktorý ktorá ktoré si čo už tak bol bolo bola " \
	  "podľa jeho pri zo nie pred alebo tiež má viac medzi len však keď rokov až sme roku byť ešte bude ho ich aby " \
	  "svoje so ani preto jej") \
	X("sl", "č š ž", \
	  "in je v na se za da so pa z ki tudi ne s po bi kot iz ni pri le do od še sem bo več že ter ob med to ker si " \
	  "bil bila bilo ali lahko let po pred leta letih njegov vse ko ga kar ima imajo bodo zaradi") \
	X("hr", "č ć š ž đ", \
	  "i je u na se da za su od s a o koji koja koje iz kao ne što će nije ali sve nakon bi više samo biti bio bila " \
	  "bilo do ili prije kada gdje zbog kako uz godine godina ako između još protiv te tijekom dvije vrijeme uvijek " \
	  "također ovdje mjesto riječ rekao kazao dio tko ćemo svibnja tisuća") \
	X("bs", "č ć š ž đ", \
	  "i je u na se da za su od s a o koji koja koje iz kao ne što će nije ali sve nakon bi više samo biti bio bila " \
	  "bilo do ili prije kada gdje zbog kako uz godine godina ako između još protiv te tokom dvije vrijeme uvijek " \
	  "također ovdje mjesto riječ rekao kazao dio ko ćemo maja hiljada") \
	X("sr", "č ć š ž đ ђ ћ ј љ њ џ", \
	  "i je u na se da za su od sa a o koji koja koje iz kao ne što će nije ali sve nakon bi više samo biti bio bila " \
	  "bilo do ili pre kada gde zbog kako uz godine godina ako između još protiv posle tokom vreme uvek takođe ovde " \
	  "mesto reč rekao kazao deo ko ćemo hiljada dve " \
	  "и је у на се да за су од са а о који која које из као не што ће није али све након би више само бити био била " \
	  "било до или пре када где због како уз године година ако између још против после током време") \
	X("lt", "ė ų ū į š ž č", \
	  "ir į kad su iš yra tai ne buvo bet jau už apie kaip dėl metų po pat nuo tik kurie jo jos jų taip kai prie " \
	  "savo ar per gali šiuo būti kuris kuri labai bus nėra iki pagal dar tačiau") \
	X("lv", "ā ē ī ū ļ ņ ķ ģ š ž č", \
	  "un ir no ar par ka uz kas tika bet arī pēc vai to viņš bija nav gada lai ko tas jau kā pie šo tiek būs savu " \
	  "gadā kuri tikai tam viņa līdz viens") \
	X("sq", "ë ç", \
	  "të e në dhe i për me që se një nga është ka do nuk si në më u janë ky kjo por edhe pas deri duke ishte kanë " \
	  "ai ajo ne pa tha kjo këtë tij saj mund vetëm tyre kur ku") \
	X("tr", "ı ğ ş ü ö ç", \
	  "ve bir bu da de için ile olarak çok daha en gibi olan kadar sonra ne o var ancak ise her ya oldu göre " \
	  "ama değil büyük yeni iki ki şu diye olduğunu tarafından karşı dedi önce üzerine ilgili içinde mi yer şekilde " \
	  "kendi bunun nedeniyle etti eden yapılan ettiği olan " \
	  "ilk tüm bazı olması son edildi üzere şey her hem kişi yıl yılında zaman birlikte onun ben biz onlar değildir oldukça") \
	X("az", "ə ı ğ ş ü ö ç", \
	  "və bir bu da də üçün ilə ki olan daha ən kimi sonra o var isə hər görə amma böyük yeni iki olub edib " \
	  "edilib olaraq həm onun öz bildirib çox qeyd haqqında tərəfindən") \
	X("uz", "oʻ gʻ", \
	  "va bu bilan uchun bir ham bu deb edi esa lekin uning kerak boʻlgan yil yangi bo'yicha haqida emas " \
	  "bo'lgan bor hamda uchun shu mumkin yilda qilish") \
	X("vi", "đ ơ ư ạ ả ấ ầ ẩ ậ ắ ằ ặ ẹ ẻ ế ề ể ệ ị ọ ố ồ ổ ộ ớ ờ ở ợ ụ ủ ứ ừ ử ữ ự", \
	  "và của là các có được cho trong một không với những người này để đã khi đến từ ra ở vào như tại theo về sẽ năm " \
	  "nhiều trên đó nhưng ngày hai sau làm phải đang cũng việc bị nhà nước công ông bà") \
	X("id", "", \
	  "yang dan di dengan untuk pada tidak itu ini dari dalam akan juga tersebut ada adalah ke oleh saat para karena " \
	  "sudah bisa lebih kepada telah atau sebagai menjadi bahwa hari mereka kata tahun ia dia saya kami seperti namun " \
	  "setelah secara serta masih hanya kasus antara belum harus lain hingga orang jika bagi usai") \
	X("ms", "", \
	  "yang dan di dengan untuk pada tidak itu ini dari dalam akan juga tersebut ada adalah ke oleh para kerana " \
	  "sudah boleh lebih kepada telah atau sebagai menjadi bahawa hari mereka kata tahun beliau dia saya kami seperti " \
	  "namun selepas secara serta masih hanya antara belum harus lain hingga orang jika bagi berkata daripada " \
	  "ketika ialah kes polis semalam") \
	X("tl", "", \
	  "ang ng sa na mga ay si at ito nang niya para kay hindi ni may siya ko ako sila kung pa rin din lang ngunit ayon " \
	  "isang mula dahil kanyang o mo nito upang bilang noong matapos naman namang kanilang") \
	X("sw", "", \
	  "ya na wa kwa katika ni la za kuwa cha hiyo huo huyo hilo vya kutoka hii alisema ambao kama baada lakini pia " \
	  "yake wake hata moja watu ili hivyo nchini rais mwaka mkuu kuhusu ambayo ambaye zaidi ameongeza serikali hao " \
	  "wao sana bado dhidi kila hapa kupitia sasa wakati") \
	X("ha", "ɗ ɓ ƙ ƴ", \
	  "da na a ya ta cewa wannan ne ce ba shi ga su an wata wani yana kuma domin amma yi mai kan har masu cikin " \
	  "daga suka ke wanda wadanda bayan sun za tare kasar gwamnatin shugaban lokacin ko duk kamar irin hakan cikin") \
	X("yo", "ẹ ọ ṣ", \
	  "ti ni o ní tí àwọn ó sí fún pé náà wọn àti ló jẹ́ láti sì ń bí wọ́n ọ̀rọ̀ yìí rẹ̀ ọdún bá kò lọ awon fun pe naa ati " \
	  "se won ki si lati je ilu ijoba ọmọ") \
	X("ig", "ị ọ ụ ṅ", \
	  "na nke ndị ya bụ n a o ọ dị ka ma mgbe ahụ ihe maka ha ga onye e kwuru si i bu ndi gọọmentị afọ sị aka site " \
	  "otu mana so dịka") \
	X("so", "", \
	  "oo ka ee uu ku ay in iyo la waxaa ayaa soo ah aan ugu si kale dalka sida waa wax loo lagu uga ka mid wuxuu inay " \
	  "inuu badan kala leh laga waxa kuwa dadka isaga markii yahay dowladda kasoo waxay") \
	X("om", "", \
	  "fi kan akka keessa irraa waan isaa ta'e jedhan kun jiru ture keessatti kana ni hin isaan irratti itti yeroo " \
	  "bara sana garuu ammoo biyya mootummaa booda illee godina ta tokko") \
	X("", "", \
	  "mu ku na ya ko n wa kandi cyangwa ni bya ari iyi uyu muri kuri mu abantu nk ngo y cya ba ibi ubwo w rwa avuga " \
	  "umwe igihugu kugira kuko ayo nyuma abo perezida ivyo uno iyo vyo aho iki") \
	X("lg", "", \
	  "n mu ku nti ne nga era okuva bwe ono ya kya eri ba abantu ali okutuuka ky wa oluvannyuma agambye naye ekyo " \
	  "olwa gye ssente") \
	X("ln", "", \
	  "na ya ba ya mpe oyo ezali azali bazali po mpo te ndenge wana nde kati bato lokola ete yango yo mboka mokonzi " \
	  "mingi kasi ekozala bango moko nyonso esika") \
	X("sn", "", \
	  "kuti uye ne kwete asi zvakare iyo avo ari kana ava vanhu iri mukuru munyika nokuti mune nhasi zvikuru gore " \
	  "anoti vachiti ichi iyi ngekuti kubva pamusoro pakati pasi panyaya vakati sekuru nyaya aya vana") \
	X("xh", "", \
	  "ukuba uthi le ukuze nge kwaye kodwa apho emva ngaphambi oku umntu abantu yena lo wakhe into xa eli ezi kule " \
	  "nto lokuba ekuthiwa usothini wathi umongameli njengoko ngoku kanye kakhulu") \
	X("zu", "", \
	  "ukuthi uthi futhi kodwa lapho ngemuva kwakhe umuntu abantu yena lo wakhe uma lokhu leli ngoba njengoba emva " \
	  "kakhulu lokho ngokuthi kwathi ngesikhathi laba kubantu unyaka") \
	X("eu", "", \
	  "eta da ez du bat dira izan dute zen ere baina beste egin duen den ditu hori urte dela batean dituzte " \
	  "arte baino bere bi bezala horrek dutela hau gehiago") \
	X("cy", "ŵ ŷ", \
	  "yn y i a o ar yr mae wedi ei ac am bod gan oedd fel sydd bydd er hyn eu ond hefyd mewn dim ni ein dweud gyda " \
	  "nhw roedd mae'r wrth ddim") \
	X("ga", "", \
	  "an na agus ar ag i le go a is sé bhí sa tá don leis ach nach ó mar gur siad chun seo sin atá níl faoi aige " \
	  "bliana dúirt iad nuair raibh") \
	X("ht", "", \
	  "yo nan ak pou ki te li se ap la a yon sou nou pa men kap fè gen tout peyi moun lan sa depi kote ann") \
	X("mt", "ħ ġ ż ċ għ", \
	  "li ta u fil mill biex dan għal kien il tal minn ma hu l lill qal din wara hija dwar kienet bil qed jew kif") \
	X("ku", "ê î û ş ç", \
	  "û di de bi ji li ku ev e ye bo jî ne wê wî yê ya hat xwe dike lê jê kir piştî hatin gelek ên") \
	X("ru", "ы э ё", \
	  "и в не на что с по как из за он к от а это для его о до но у все также после так году при был или было уже их " \
	  "она то бы были была только со об будет более ее если который которые может во года лет нет сообщил между ещё еще " \
	  "этого под через против словам заявил которая мы они я вы без около " \
	  "лишь себя него них нас ему им эти тем чтобы этом том очень когда где даже потому можно время поэтому однако другие мог") \
	X("uk", "і ї є ґ", \
	  "і в не на що з по як із за він до від а це для його про та але у усі також після так року при був або було вже їх " \
	  "вона то би були була тільки зі буде більше її якщо який які може й років немає повідомив між ще цього під через " \
	  "проти словами заявив яка ми вони я ви без щодо час") \
	X("be", "ў і ы э", \
	  "і ў у не на што з па як за ён да ад а гэта для яго пра але ці таксама пасля так годзе пры быў або было ужо іх " \
	  "яна то бы былі была толькі са будзе больш яе калі які якія можа гадоў няма паведаміў паміж яшчэ гэтага") \
	X("bg", "ъ", \
	  "и на да в за се от е не с са че по това като до той при със след но или му във през които ще има са си най които " \
	  "който която г година към бе ако беше бяха те повече между само още така след защото една един както бъде със са") \
	X("mk", "ѓ ќ ѕ ј љ њ џ", \
	  "и на да во за се од е не со ќе дека што по ги го како до тој при кои ја но или му преку има си кој која година " \
	  "кон ако беше беа тие повеќе меѓу само уште така затоа една еден бидат оваа овој ова") \
	X("kk", "ә ғ қ ң ө ұ ү һ і", \
	  "және бұл мен бір үшін деп да де туралы бойынша болды жылы осы деді ол сол керек кейін болып еді " \
	  "арқылы жаңа көп дейін екі") \
	X("ky", "ң ө ү", \
	  "жана бул менен бир үчүн деп да тууралуу боюнча болду жылы ушул деди ал ошол керек кийин болуп эле " \
	  "дагы жаңы эки") \
	X("tg", "ғ ӣ қ ӯ ҳ ҷ", \
	  "ва дар ба аз ки ин барои бо аст он як шуд дорад мебошад низ то мардум соли худ ҳам кард") \
	X("mn", "ө ү", \
	  "нь байна энэ юм болон гэж улсын байгаа бол дээр хийх байсан болно мөн тухай оны хэмээн бөгөөд та") \
	X("ar", "ة ى أ إ ك ي", \
	  "في من على أن إلى التي عن مع هذا هذه كما الذي ما لا بين بعد أو كان قد ذلك كل حيث قال وقال إن لم خلال منذ هو هي " \
	  "بن وفي غير أكثر عام يوم كانت قبل أي حتى عند ولا فيها ومن لكن وهو ثم به له تم عبر ضد رئيس وكان وأضاف") \
	X("fa", "پ چ ژ گ ک ی", \
	  "و در به از که این را با است برای آن یک خود تا شده می بر هم کرد نیز ها های شد بود اما یا باید هر اگر دو وی گفت " \
	  "سال پس کشور ما نمی شود دارد کند بین کرده همه") \
	X("ur", "ٹ ڈ ڑ ے ں ہ ھ گ چ پ", \
	  "کے کی میں ہے کا سے اور کو نے پر کہ اس یہ بھی ہیں کر ہو ایک نہیں گیا کیا تھا لیے جو ان وہ تک ہی تھی کہا بعد " \
	  "جس کرنے ساتھ لئے ہوئے گے گی اپنے تھے") \
	X("ps", "ې ښ ګ ځ څ ړ ټ ډ ۍ ډ ڼ", \
	  "د په چې او کې له ته دا یې هم نه سره یو څخه وي شوي کړي دي دی کوي به لپاره دغه") \
	X("ckb", "ە ێ ۆ ڕ ڵ ڤ پ چ گ ک ی", \
	  "لە و بە کە بۆ ئەو ئەم لەسەر هەر یان ناو دوای لەگەڵ ئەوەی هیچ دەبێت کرد") \
	X("hi", "", \
	  "के में की है और से का को पर ने कि यह भी हैं इस नहीं कर एक हो था गया लिए ही जो तो बाद साथ वह तक करने रहे " \
	  "कहा हुए अपने थे रहा गई किया वाले दिया थी उन्होंने अब या बताया कोई दो") \
	X("mr", "ळ", \
	  "आहे आणि या व तर ते हा ही हे आहेत असे होते केली केला केले तसेच मात्र होता होती मध्ये नाही झाली झाला करण्यात " \
	  "त्या एक यांनी साठी पण असल्याचे यांच्या काही त्यांनी झाले") \
	X("ne", "", \
	  "छ र पनि गरेको भएको छन् गर्न यो लागि तथा हो थियो एक भने रहेको गरेका गर्ने भन्ने अनि बताए उनले गरी हुने " \
	  "नै हुन् दिन वा तर") \
	X("bn", "", \
	  "ও এই করে এবং থেকে না এ তার কথা হয় জন্য একটি করা বলেন হয়েছে সঙ্গে তিনি আর করতে এক পর ছিল যে কিন্তু") \
	X("as", "ৰ ৱ", \
	  "আৰু এই কৰি পৰা নাই তেওঁ হৈছে বাবে এটা কৰা সৈতে") \
	X("am", "አ", \
	  "ነው ላይ ውስጥ እና ነበር ግን ደግሞ ወደ መሆኑን ናቸው ጋር ይህ ያለው እንደ ብለዋል አቶ ዓ ም የሆነው ነገር ጊዜ ሁሉ አንድ " \
	  "እንደሆነ ዘንድ በኋላ ስለ ሰዎች ከ ተናግረዋል") \
	X("ti", "ኣ ቐ ኽ ኸ", \
	  "እዩ ኣብ ናይ እዮም ድማ ካብ ምስ ነቲ እቲ ግን እዚ ናብ ከም እውን እታ እያ ነይሩ ብዛዕባ ሓደ ድሕሪ ንምግባር ኢሉ ምዃኑ ነበረ ሰብ " \
	  "ዘሎ ኣሎ ክሳብ እዞም ብምባል")
/* clang-format on */

#endif
