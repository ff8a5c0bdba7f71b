/* See ffi.h. In WebAssembly a function is called by its exact type, which cannot be put together when the program runs. */
#include <ffi.h>
#include <stdlib.h>
#include <string.h>

#define TYPE(name, c, kind) \
    ffi_type ffi_type_##name = {.size = sizeof(c), .alignment = _Alignof(c), .type = FFI_TYPE_##kind}

ffi_type ffi_type_void = {.size = 1, .alignment = 1, .type = FFI_TYPE_VOID};
TYPE(float, float, FLOAT);
TYPE(double, double, DOUBLE);
TYPE(longdouble, long double, LONGDOUBLE);
TYPE(uint8, uint8_t, UINT8);
TYPE(sint8, int8_t, SINT8);
TYPE(uint16, uint16_t, UINT16);
TYPE(sint16, int16_t, SINT16);
TYPE(uint32, uint32_t, UINT32);
TYPE(sint32, int32_t, SINT32);
TYPE(uint64, uint64_t, UINT64);
TYPE(sint64, int64_t, SINT64);
TYPE(pointer, void *, POINTER);

#define MAX_OFFERS 8

static struct {
    void *function;
    unsigned count;
} offers[MAX_OFFERS];

/* All that there are. Their addresses are far above those of functions. */
static ffi_closure *closures;

ffi_status ffi_prep_cif(ffi_cif *cif, ffi_abi abi, unsigned count, ffi_type *result, ffi_type **arguments)
{
    (void)abi;
    *cif = (ffi_cif){.count = count, .result = result, .arguments = arguments};
    return FFI_OK;
}

void *ffi_offer(void *function, unsigned count)
{
    for (int i = 0; i < MAX_OFFERS; i++) {
        if (offers[i].function == NULL || offers[i].function == function) {
            offers[i].function = function;
            offers[i].count = count;
            break;
        }
    }
    return function;
}

/* How many words the function takes; 0 if it is not on offer. */
static unsigned offered(const void *function)
{
    for (int i = 0; i < MAX_OFFERS && offers[i].function != NULL; i++) {
        if (offers[i].function == function) {
            return offers[i].count;
        }
    }
    return 0;
}

static ffi_closure *find_closure(const void *function)
{
    ffi_closure *closure = closures;
    while (closure != NULL && closure != function) {
        closure = closure->next;
    }
    return closure;
}

static int is_word(const ffi_type *type)
{
    return type->size <= sizeof(ffi_arg) && type->type != FFI_TYPE_FLOAT && type->type != FFI_TYPE_STRUCT;
}

/* Whether what is given can be read as what is wanted. */
static int fits(const ffi_type *wanted, const ffi_type *given)
{
    return is_word(wanted) ? is_word(given) && wanted->size <= given->size
                           : wanted->type == given->type && wanted->size == given->size;
}

static int fits_closure(const ffi_cif *wanted, const ffi_cif *given)
{
    if (given->count < wanted->count) {
        return 0;
    }
    for (unsigned i = 0; i < wanted->count; i++) {
        if (!fits(wanted->arguments[i], given->arguments[i])) {
            return 0;
        }
    }
    /* There is always room for a word. */
    return is_word(wanted->result) ? is_word(given->result) : fits(wanted->result, given->result);
}

ffi_status ffi_can_call(const ffi_cif *cif, const void *function)
{
    const ffi_closure *closure = find_closure(function);
    if (closure != NULL) {
        return fits_closure(closure->cif, cif) ? FFI_OK : FFI_BAD_TYPEDEF;
    }
    unsigned count = offered(function);
    if (count == 0 || cif->count < count || !is_word(cif->result)) {
        return FFI_BAD_TYPEDEF;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!is_word(cif->arguments[i])) {
            return FFI_BAD_TYPEDEF;
        }
    }
    return FFI_OK;
}

/* An argument as it is passed: as wide as a word. */
static ffi_arg word(const ffi_type *type, const void *value)
{
    switch (type->type) {
    case FFI_TYPE_UINT8: return *(const uint8_t *)value;
    case FFI_TYPE_SINT8: return (ffi_arg)*(const int8_t *)value;
    case FFI_TYPE_UINT16: return *(const uint16_t *)value;
    case FFI_TYPE_SINT16: return (ffi_arg)*(const int16_t *)value;
    default: return *(const ffi_arg *)value;
    }
}

void ffi_call(ffi_cif *cif, void *function, void *result, void **arguments)
{
    ffi_closure *closure = find_closure(function);
    if (closure != NULL) {
        /* A callback that fails leaves it as it is. */
        memset(result, 0, cif->result->size > sizeof(ffi_arg) ? cif->result->size : sizeof(ffi_arg));
        closure->callback(closure->cif, result, arguments, closure->data);
        return;
    }
    ffi_arg words[3];
    unsigned count = offered(function);
    for (unsigned i = 0; i < count; i++) {
        words[i] = word(cif->arguments[i], arguments[i]);
    }
    *(ffi_arg *)result = count == 2 ? ((ffi_arg(*)(ffi_arg, ffi_arg))function)(words[0], words[1])
                                    : ((ffi_arg(*)(ffi_arg, ffi_arg, ffi_arg))function)(words[0], words[1], words[2]);
}

void *ffi_closure_alloc(size_t size, void **code)
{
    ffi_closure *closure = calloc(1, size);
    *code = closure;
    return closure;
}

void ffi_closure_free(void *freed)
{
    ffi_closure **link = &closures;
    while (*link != NULL && *link != freed) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = (*link)->next;
    }
    free(freed);
}

ffi_status ffi_prep_closure_loc(ffi_closure *closure, ffi_cif *cif, ffi_callback *callback, void *data, void *code)
{
    (void)code;
    *closure = (ffi_closure){.next = closures, .cif = cif, .callback = callback, .data = data};
    closures = closure;
    return FFI_OK;
}
