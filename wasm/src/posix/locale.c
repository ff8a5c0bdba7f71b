/* Locales: C, POSIX and C.UTF-8 are installed, as on a Linux machine without further ones; musl would take any name, of which
 * Python then knows nothing. A program that asks for another is refused, which it expects, and goes on with what it has.
 *
 * All are formatted alike. They differ in their names, and in what the C library takes bytes for: CPython's own text is UTF-8
 * in each of them. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "posix.h"

/* As glibc numbers and writes them; LC_ALL stands in the midst of them. */
static const char *const categories[] = {
    "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES", "LC_ALL",
    "LC_PAPER", "LC_NAME", "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION",
};
#define COUNT ((int)(sizeof categories / sizeof *categories))

#define UTF8 "C.UTF-8"
#define NAME_SIZE sizeof UTF8

/* The C library's own state, which begins with its locale (libc.h of wasi-libc): `mbrtowc` and `MB_CUR_MAX` go by that one, whatever
 * `uselocale` has set. */
extern struct {
    const void *categories[6];
} __libc __attribute__((visibility("hidden")));

struct names {
    char of[COUNT][NAME_SIZE];
};

/* Characters are UTF-8 from the start, and stay so where the user's locale is not installed. */
static struct names current = {{UTF8, "C", "C", "C", "C", "C", "", "C", "C", "C", "C", "C", "C"}};

static const char *user_choice(int category)
{
    const char *variables[] = {"LC_ALL", categories[category], "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && *value != '\0') {
            return value;
        }
    }
    return category == LC_CTYPE ? UTF8 : "C";
}

/* Gives one category a locale, whose name need not end with its string; 0 if there is none of that name. */
static int choose(struct names *names, int category, const char *name, size_t length)
{
    if (length == 0) {
        name = user_choice(category);
        length = strlen(name);
    }
    if ((length == 1 && *name == 'C') || (length == 5 && memcmp(name, "POSIX", 5) == 0)) {
        name = "C";
        length = 1;
    } else if (strncmp(name, "C.", 2) != 0
               || !((length == 7 && strncasecmp(name + 2, "utf-8", 5) == 0)
                    || (length == 6 && strncasecmp(name + 2, "utf8", 4) == 0))) {
        return 0;
    }
    memcpy(names->of[category], name, length);
    names->of[category][length] = '\0';
    return 1;
}

/* `LC_CTYPE=C;LC_NUMERIC=C;…`, with each category once, in whatever order. */
static int choose_each(struct names *names, const char *text)
{
    int seen = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, ";"), name = strcspn(text, "=");
        int category = 0;
        while (category < COUNT
               && (strlen(categories[category]) != name || strncmp(categories[category], text, name) != 0)) {
            category++;
        }
        if (category == COUNT || category == LC_ALL || name + 1 >= length || (seen & 1 << category)
            || !choose(names, category, text + name + 1, length - name - 1)) {
            return 0;
        }
        seen |= 1 << category;
        text += length + (text[length] == ';');
    }
    return seen == ((1 << COUNT) - 1 - (1 << LC_ALL));
}

static int choose_all(struct names *names, const char *name)
{
    if (strchr(name, ';') != NULL) {
        return choose_each(names, name);
    }
    for (int category = 0; category < COUNT; category++) {
        if (category != LC_ALL && !choose(names, category, name, strlen(name))) {
            return 0;
        }
    }
    return 1;
}

/* One name if all categories have the same, else all of them. */
static char *name_of_all(void)
{
    static char text[COUNT * (sizeof "LC_IDENTIFICATION=;" + NAME_SIZE)];
    int same = 1;
    *text = '\0';
    for (int category = 0; category < COUNT; category++) {
        if (category != LC_ALL) {
            same &= strcmp(current.of[category], current.of[LC_CTYPE]) == 0;
            strcat(strcat(text, *text == '\0' ? "" : ";"), categories[category]);
            strcat(strcat(text, "="), current.of[category]);
        }
    }
    return same ? current.of[LC_CTYPE] : text;
}

char *setlocale(int category, const char *name)
{
    struct names names = current;
    if (category < 0 || category >= COUNT) {
        return NULL;
    }
    if (name != NULL
        && !(category == LC_ALL ? choose_all(&names, name) : choose(&names, category, name, strlen(name)))) {
        return NULL;
    }
    if (name != NULL) {
        current = names;
        /* What the C library itself goes by; it has both without allocating anything. */
        const char *characters = strcmp(current.of[LC_CTYPE], "C") == 0 ? "C" : UTF8;
        memcpy(&__libc, newlocale(LC_ALL_MASK, characters, (locale_t)0), sizeof __libc);
        uselocale(LC_GLOBAL_LOCALE);
    }
    return category == LC_ALL ? name_of_all() : current.of[category];
}
