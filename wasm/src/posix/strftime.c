/* strftime() with the directives, flags and widths that glibc has, in the C locale, since programs are written for it:
 *
 *   %[flags][width][E|O]directive
 *
 * A flag says how to pad (`_` with blanks, `0` with zeros, `-` not at all) and which case to write in (`^` upper, `#` the
 * other). What is no directive is copied as it stands. glibc's manual has the list ("Formatting Calendar Time"); what it
 * leaves open is as glibc does it, which tests/strftime compares. */
#include <limits.h>
#include <string.h>

#include "posix.h"
#include "zones.h"

/* Where the text goes. What does not fit makes the whole fail. */
struct output {
    char *buffer;
    size_t size, used;
    int failed;
};

/* One directive, taken apart. */
struct directive {
    char pad, modifier;
    int width, upper, other_case;
};

enum letters { AS_IS, UPPER, LOWER };

static char in_case(char c, enum letters letters)
{
    if (letters == UPPER && c >= 'a' && c <= 'z') {
        return (char)(c - 'a' + 'A');
    }
    return letters == LOWER && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static void put(struct output *out, char c, size_t count)
{
    if (out->failed || count >= out->size - out->used) {
        out->failed |= count > 0;
        return;
    }
    memset(out->buffer + out->used, c, count);
    out->used += count;
}

static void put_text(struct output *out, const struct directive *how, const char *text, size_t length,
                     enum letters letters)
{
    if (how->width > 0 && (size_t)how->width > length) {
        put(out, how->pad == '0' ? '0' : ' ', how->width - length);
    }
    for (size_t i = 0; i < length && !out->failed; i++) {
        put(out, in_case(text[i], letters), 1);
    }
}

static void put_name(struct output *out, const struct directive *how, const char *name, size_t most)
{
    put_text(out, how, name, strnlen(name, most), how->upper || how->other_case ? UPPER : AS_IS);
}

/* `digits` is how many there are at least, if the flags do not say otherwise; a sign counts as one. */
static void put_number(struct output *out, const struct directive *how, long long number, int digits, char default_pad)
{
    char text[24];
    char *end = text + sizeof(text), *start = end;
    char pad = how->pad == 0 ? default_pad : how->pad;
    unsigned long long rest = number < 0 ? -(unsigned long long)number : (unsigned long long)number;
    do {
        *--start = (char)('0' + rest % 10);
    } while ((rest /= 10) != 0);
    if (pad != '-' && how->width > digits) {
        digits = how->width;
    }
    int length = (int)(end - start) + (number < 0);
    int missing = pad == '-' ? how->width - length : digits - length;
    if (missing > 0 && pad != '0') {
        put(out, ' ', missing);
    }
    if (number < 0) {
        put(out, '-', 1);
    }
    if (missing > 0 && pad == '0') {
        put(out, '0', missing);
    }
    for (; start < end; start++) {
        put(out, *start, 1);
    }
}

static int is_leap(long long year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days since the Monday that begins week 1 of ISO 8601's year, for a day of the year; negative before it. */
static int iso_days(int day_of_year, int day_of_week)
{
    int big_enough_multiple_of_7 = 3 * 7;
    return day_of_year - (day_of_year - day_of_week + 4 + big_enough_multiple_of_7) % 7 + 4 - 1;
}

static void iso_week(const struct tm *time, long long *year, int *week)
{
    *year = (long long)time->tm_year + 1900;
    int days = iso_days(time->tm_yday, time->tm_wday);
    if (days < 0) {
        (*year)--;
        days = iso_days(time->tm_yday + 365 + is_leap(*year), time->tm_wday);
    } else {
        int next = iso_days(time->tm_yday - 365 - is_leap(*year), time->tm_wday);
        if (next >= 0) {
            (*year)++;
            days = next;
        }
    }
    *week = days / 7 + 1;
}

/* The index comes from a program. */
static const char *name_of(const char *const *names, int index, int count)
{
    return index >= 0 && index < count ? names[index] : "?";
}

static void format_all(struct output *out, const char *format, const struct tm *time);

/* What other directives make up, as one text. */
static void put_composed(struct output *out, const struct directive *how, const char *format, const struct tm *time)
{
    char text[128];
    struct output part = {.buffer = text, .size = sizeof(text)};
    format_all(&part, format, time);
    put_text(out, how, text, part.used, how->upper ? UPPER : AS_IS);
}

static void put_zone(struct output *out, const struct directive *how, const struct tm *time)
{
    if (time->tm_isdst < 0) {
        return;
    }
    long seconds = time->tm_gmtoff;
    put_text(out, how, seconds < 0 ? "-" : "+", 1, AS_IS);
    long minutes = (seconds < 0 ? -seconds : seconds) / 60;
    put_number(out, how, minutes / 60 * 100 + minutes % 60, 4, '0');
}

static void put_seconds(struct output *out, const struct directive *how, const struct tm *time)
{
    struct tm copy = *time;
    char text[24];
    struct output part = {.buffer = text, .size = sizeof(text)};
    put_number(&part, &(struct directive){.pad = '-'}, mktime(&copy), 1, '0');
    put_text(out, how, text, part.used, AS_IS);
}

static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char *const months[] = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
};

/* The directives that a modifier makes unknown. */
static const char not_with_e[] = "aABbDdeFgGHhIjklMmSUVWw%", not_with_o[] = "aAcDFxXY%";

/* Writes what `letter` stands for; 0 if it stands for nothing. */
static int put_directive(struct output *out, const struct directive *how, char letter, const struct tm *time)
{
    if (letter == 0 || (how->modifier == 'E' && strchr(not_with_e, letter)) ||
        (how->modifier == 'O' && strchr(not_with_o, letter))) {
        return 0;
    }
    long long year = (long long)time->tm_year + 1900, iso_year;
    int hour12 = time->tm_hour > 12 ? time->tm_hour - 12 : time->tm_hour == 0 ? 12 : time->tm_hour, week;
    switch (letter) {
    case '%': put_text(out, how, "%", 1, AS_IS); break;
    case 'n': put_text(out, how, "\n", 1, AS_IS); break;
    case 't': put_text(out, how, "\t", 1, AS_IS); break;
    case 'a': put_name(out, how, name_of(days, time->tm_wday, 7), 3); break;
    case 'A': put_name(out, how, name_of(days, time->tm_wday, 7), SIZE_MAX); break;
    case 'b':
    case 'h': put_name(out, how, name_of(months, time->tm_mon, 12), 3); break;
    case 'B': put_name(out, how, name_of(months, time->tm_mon, 12), SIZE_MAX); break;
    case 'c': put_composed(out, how, "%a %b %e %H:%M:%S %Y", time); break;
    case 'D':
    case 'x': put_composed(out, how, "%m/%d/%y", time); break;
    case 'F': put_composed(out, how, "%Y-%m-%d", time); break;
    case 'R': put_composed(out, how, "%H:%M", time); break;
    case 'r': put_composed(out, how, "%I:%M:%S %p", time); break;
    case 'T':
    case 'X': put_composed(out, how, "%H:%M:%S", time); break;
    case 'C': put_number(out, how, year / 100 - (year % 100 < 0), 1, '0'); break;
    case 'd': put_number(out, how, time->tm_mday, 2, '0'); break;
    case 'e': put_number(out, how, time->tm_mday, 2, '_'); break;
    case 'H': put_number(out, how, time->tm_hour, 2, '0'); break;
    case 'I': put_number(out, how, hour12, 2, '0'); break;
    case 'j': put_number(out, how, time->tm_yday + 1LL, 3, '0'); break;
    case 'k': put_number(out, how, time->tm_hour, 2, '_'); break;
    case 'l': put_number(out, how, hour12, 2, '_'); break;
    case 'M': put_number(out, how, time->tm_min, 2, '0'); break;
    case 'm': put_number(out, how, time->tm_mon + 1LL, 2, '0'); break;
    case 'S': put_number(out, how, time->tm_sec, 2, '0'); break;
    case 'U': put_number(out, how, (time->tm_yday - time->tm_wday + 7) / 7, 2, '0'); break;
    case 'u': put_number(out, how, (time->tm_wday + 6) % 7 + 1, 1, '0'); break;
    case 'W': put_number(out, how, (time->tm_yday - (time->tm_wday + 6) % 7 + 7) / 7, 2, '0'); break;
    case 'w': put_number(out, how, time->tm_wday, 1, '0'); break;
    case 'Y': put_number(out, how, year, 1, '0'); break;
    case 'y': put_number(out, how, (year % 100 + 100) % 100, 2, '0'); break;
    case 'G':
    case 'g':
    case 'V':
        iso_week(time, &iso_year, &week);
        if (letter == 'V') {
            put_number(out, how, week, 2, '0');
        } else if (letter == 'G') {
            put_number(out, how, iso_year, 1, '0');
        } else {
            put_number(out, how, (iso_year % 100 + 100) % 100, 2, '0');
        }
        break;
    case 'P':
    case 'p':
        put_text(out, how, time->tm_hour > 11 ? "PM" : "AM", 2,
                 letter == 'P' || how->other_case ? LOWER : how->upper ? UPPER : AS_IS);
        break;
    case 's': put_seconds(out, how, time); break;
    case 'Z': {
        const char *zone = time->tm_zone == NULL ? "" : time->tm_zone;
        if (*zone == 0 && time->tm_isdst >= 0) {
            pyapp_zone_follow();
            zone = pyapp_zone_name(time->tm_isdst != 0);
        }
        put_text(out, how, zone, strlen(zone), how->other_case ? LOWER : how->upper ? UPPER : AS_IS);
        break;
    }
    case 'z': put_zone(out, how, time); break;
    default: return 0;
    }
    return 1;
}

static void format_all(struct output *out, const char *format, const struct tm *time)
{
    for (; *format != 0 && !out->failed; format++) {
        if (*format != '%') {
            put(out, *format, 1);
            continue;
        }
        const char *start = format++;
        struct directive how = {0};
        for (; *format != 0 && strchr("_-0^#", *format); format++) {
            switch (*format) {
            case '^': how.upper = 1; break;
            case '#': how.other_case = 1; break;
            default: how.pad = *format;
            }
        }
        for (; *format >= '0' && *format <= '9'; format++) {
            how.width = how.width > (INT_MAX - 9) / 10 ? INT_MAX : how.width * 10 + (*format - '0');
        }
        if (*format == 'E' || *format == 'O') {
            how.modifier = *format++;
        }
        if (!put_directive(out, &how, *format, time)) {
            /* A percent sign that ends an unknown one is all that is left of it. */
            start = *format == '%' ? format : start;
            format -= *format == 0;
            put_text(out, &how, start, format - start + 1, how.upper ? UPPER : AS_IS);
        }
    }
}

size_t strftime(char *restrict buffer, size_t size, const char *restrict format, const struct tm *restrict time)
{
    struct output out = {.buffer = buffer, .size = size};
    format_all(&out, format, time);
    if (out.failed || size == 0) {
        return 0;
    }
    buffer[out.used] = 0;
    return out.used;
}

/* There is one locale. C++'s library asks for it by name. */
size_t strftime_l(char *restrict into, size_t size, const char *restrict format, const struct tm *restrict time, locale_t locale)
{
    (void)locale;
    return strftime(into, size, format, time);
}
