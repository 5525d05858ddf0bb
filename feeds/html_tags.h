/* feeds/html_tags.h: every element the project knows, one row each. */
#ifndef FEEDS_HTML_TAGS_H
#define FEEDS_HTML_TAGS_H

enum html_tag_flags {
	TAG_INLINE = 0,
	TAG_BLOCK = 1, /* separates words */
	TAG_VOID = 2, /* has no content and no end tag */
	TAG_RAW = 4, /* its content is no markup, up to the end tag */
	TAG_HIDDEN = 8, /* its content is no text */
};

/* Sorted by name. */
/* clang-format off */
#define HTML_TAGS(X) \
	X(a,          TAG_INLINE) \
	X(abbr,       TAG_INLINE) \
	X(acronym,    TAG_INLINE) \
	X(address,    TAG_BLOCK) \
	X(applet,     TAG_INLINE) \
	X(area,       TAG_VOID) \
	X(article,    TAG_BLOCK) \
	X(aside,      TAG_BLOCK) \
	X(audio,      TAG_INLINE) \
	X(b,          TAG_INLINE) \
	X(base,       TAG_VOID) \
	X(basefont,   TAG_VOID) \
	X(bdi,        TAG_INLINE) \
	X(bdo,        TAG_INLINE) \
	X(big,        TAG_INLINE) \
	X(blockquote, TAG_BLOCK) \
	X(body,       TAG_BLOCK) \
	X(br,         TAG_BLOCK | TAG_VOID) \
	X(button,     TAG_INLINE) \
	X(canvas,     TAG_INLINE) \
	X(caption,    TAG_BLOCK) \
	X(center,     TAG_BLOCK) \
	X(cite,       TAG_INLINE) \
	X(code,       TAG_INLINE) \
	X(col,        TAG_VOID) \
	X(datalist,   TAG_INLINE) \
	X(dd,         TAG_BLOCK) \
	X(del,        TAG_INLINE) \
	X(details,    TAG_BLOCK) \
	X(dialog,     TAG_BLOCK) \
	X(dir,        TAG_BLOCK) \
	X(div,        TAG_BLOCK) \
	X(dl,         TAG_BLOCK) \
	X(dt,         TAG_BLOCK) \
	X(em,         TAG_INLINE) \
	X(embed,      TAG_VOID) \
	X(fieldset,   TAG_BLOCK) \
	X(figcaption, TAG_BLOCK) \
	X(figure,     TAG_BLOCK) \
	X(font,       TAG_INLINE) \
	X(footer,     TAG_BLOCK) \
	X(form,       TAG_BLOCK) \
	X(frame,      TAG_VOID) \
	X(frameset,   TAG_BLOCK) \
	X(h1,         TAG_BLOCK) \
	X(h2,         TAG_BLOCK) \
	X(h3,         TAG_BLOCK) \
	X(h4,         TAG_BLOCK) \
	X(h5,         TAG_BLOCK) \
	X(h6,         TAG_BLOCK) \
	X(head,       TAG_BLOCK | TAG_HIDDEN) \
	X(header,     TAG_BLOCK) \
	X(hgroup,     TAG_BLOCK) \
	X(hr,         TAG_BLOCK | TAG_VOID) \
	X(html,       TAG_BLOCK) \
	X(i,          TAG_INLINE) \
	X(iframe,     TAG_INLINE) \
	X(img,        TAG_VOID) \
	X(input,      TAG_VOID) \
	X(ins,        TAG_INLINE) \
	X(label,      TAG_INLINE) \
	X(legend,     TAG_BLOCK) \
	X(li,         TAG_BLOCK) \
	X(link,       TAG_VOID) \
	X(main,       TAG_BLOCK) \
	X(map,        TAG_INLINE) \
	X(mark,       TAG_INLINE) \
	X(marquee,    TAG_INLINE) \
	X(math,       TAG_INLINE) \
	X(menu,       TAG_BLOCK) \
	X(meta,       TAG_VOID) \
	X(meter,      TAG_INLINE) \
	X(nav,        TAG_BLOCK) \
	X(nobr,       TAG_INLINE) \
	X(noframes,   TAG_BLOCK) \
	X(noscript,   TAG_INLINE) \
	X(object,     TAG_INLINE) \
	X(ol,         TAG_BLOCK) \
	X(optgroup,   TAG_BLOCK) \
	X(option,     TAG_BLOCK) \
	X(output,     TAG_INLINE) \
	X(p,          TAG_BLOCK) \
	X(param,      TAG_VOID) \
	X(picture,    TAG_INLINE) \
	X(pre,        TAG_BLOCK) \
	X(progress,   TAG_INLINE) \
	X(q,          TAG_INLINE) \
	X(rb,         TAG_INLINE) \
	X(ruby,       TAG_INLINE) \
	X(s,          TAG_INLINE) \
	X(script,     TAG_RAW | TAG_HIDDEN) \
	X(section,    TAG_BLOCK) \
	X(select,     TAG_INLINE) \
	X(small,      TAG_INLINE) \
	X(source,     TAG_VOID) \
	X(span,       TAG_INLINE) \
	X(strike,     TAG_INLINE) \
	X(strong,     TAG_INLINE) \
	X(style,      TAG_RAW | TAG_HIDDEN) \
	X(sub,        TAG_INLINE) \
	X(summary,    TAG_BLOCK) \
	X(sup,        TAG_INLINE) \
	X(svg,        TAG_INLINE) \
	X(table,      TAG_BLOCK) \
	X(tbody,      TAG_BLOCK) \
	X(td,         TAG_BLOCK) \
	X(template,   TAG_HIDDEN) \
	X(textarea,   TAG_INLINE) \
	X(tfoot,      TAG_BLOCK) \
	X(th,         TAG_BLOCK) \
	X(thead,      TAG_BLOCK) \
	X(time,       TAG_INLINE) \
	X(title,      TAG_BLOCK) \
	X(tr,         TAG_BLOCK) \
	X(tt,         TAG_INLINE) \
	X(u,          TAG_INLINE) \
	X(ul,         TAG_BLOCK) \
	X(video,      TAG_INLINE) \
	X(wbr,        TAG_VOID)
/* clang-format on */

#define HTML_TAG_ENUM(name, flags) HTML_##name,
enum html_tag {
	HTML_TAGS(HTML_TAG_ENUM) HTML_UNKNOWN
};
#undef HTML_TAG_ENUM

#endif
