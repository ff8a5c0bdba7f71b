/* Functions of extensions that do not have the type by which Python calls them. In WebAssembly such a call ends the process; in C
 * it is an error that machines forgive, and packages do it: a method without arguments is written without the second parameter,
 * and cast. What an extension's functions take, the host says when it loads them (libraries.c). */
#include <stddef.h>
#include <stdint.h>

_Static_assert(_PYAPP_FIRST_EXTENSION == PYAPP_FIRST_EXTENSION, "patches/cpython/extension_calls.patch");

uint8_t pyapp_kind(void *function);

static PyObject *cannot_call(void)
{
    PyErr_SetString(PyExc_SystemError, "a C function of an extension takes or gives something else than Python passes and expects");
    return NULL;
}

/* Calls a function with as many arguments as it takes. */
PyObject *_pyapp_call_extension(void *function, PyObject *first, PyObject *second, PyObject *third)
{
    switch (pyapp_kind(function)) {
    case PYAPP_GIVES | 0:
        return ((PyObject *(*)(void))function)();
    case PYAPP_GIVES | 1:
        return ((PyObject *(*)(PyObject *))function)(first);
    case PYAPP_GIVES | 2:
        return ((PyObject *(*)(PyObject *, PyObject *))function)(first, second);
    case PYAPP_GIVES | 3:
        return ((PyObject *(*)(PyObject *, PyObject *, PyObject *))function)(first, second, third);
    default:
        return cannot_call();
    }
}

int _pyapp_set_extension(void *function, PyObject *object, PyObject *value, void *closure)
{
    switch (pyapp_kind(function)) {
    case PYAPP_GIVES | 1:
        return ((int (*)(PyObject *))function)(object);
    case PYAPP_GIVES | 2:
        return ((int (*)(PyObject *, PyObject *))function)(object, value);
    case PYAPP_GIVES | 3:
        return ((int (*)(PyObject *, PyObject *, void *))function)(object, value, closure);
    default:
        cannot_call();
        return -1;
    }
}

/* Where a slot is: in the type, or in a table that the type points to; and what its function takes and gives. */
struct slot {
    const char *name;
    uint16_t table, offset;
    uint8_t kind;
};
#define IN_TYPE(field, kind) {#field, UINT16_MAX, offsetof(PyTypeObject, field), kind}
#define IN(table, type, field, kind) {#field, offsetof(PyTypeObject, table), offsetof(type, field), kind}
#define NUMBER(field, kind) IN(tp_as_number, PyNumberMethods, field, kind)
#define SEQUENCE(field, kind) IN(tp_as_sequence, PySequenceMethods, field, kind)
#define MAPPING(field, kind) IN(tp_as_mapping, PyMappingMethods, field, kind)
#define ASYNC(field, kind) IN(tp_as_async, PyAsyncMethods, field, kind)
#define BUFFER(field, kind) IN(tp_as_buffer, PyBufferProcs, field, kind)

/* As Include/object.h and Include/cpython/object.h declare them. */
static const struct slot slots[] = {
    IN_TYPE(tp_dealloc, 1), IN_TYPE(tp_getattr, PYAPP_GIVES | 2), IN_TYPE(tp_setattr, PYAPP_GIVES | 3), IN_TYPE(tp_repr, PYAPP_GIVES | 1),
    IN_TYPE(tp_hash, PYAPP_GIVES | 1), IN_TYPE(tp_call, PYAPP_GIVES | 3), IN_TYPE(tp_str, PYAPP_GIVES | 1), IN_TYPE(tp_getattro, PYAPP_GIVES | 2),
    IN_TYPE(tp_setattro, PYAPP_GIVES | 3), IN_TYPE(tp_traverse, PYAPP_GIVES | 3), IN_TYPE(tp_clear, PYAPP_GIVES | 1),
    IN_TYPE(tp_richcompare, PYAPP_GIVES | 3), IN_TYPE(tp_iter, PYAPP_GIVES | 1), IN_TYPE(tp_iternext, PYAPP_GIVES | 1),
    IN_TYPE(tp_descr_get, PYAPP_GIVES | 3), IN_TYPE(tp_descr_set, PYAPP_GIVES | 3), IN_TYPE(tp_init, PYAPP_GIVES | 3),
    IN_TYPE(tp_alloc, PYAPP_GIVES | 2), IN_TYPE(tp_new, PYAPP_GIVES | 3), IN_TYPE(tp_free, 1), IN_TYPE(tp_is_gc, PYAPP_GIVES | 1),
    IN_TYPE(tp_del, 1), IN_TYPE(tp_finalize, 1), IN_TYPE(tp_vectorcall, PYAPP_GIVES | 4),
    NUMBER(nb_add, PYAPP_GIVES | 2), NUMBER(nb_subtract, PYAPP_GIVES | 2), NUMBER(nb_multiply, PYAPP_GIVES | 2), NUMBER(nb_remainder, PYAPP_GIVES | 2),
    NUMBER(nb_divmod, PYAPP_GIVES | 2), NUMBER(nb_power, PYAPP_GIVES | 3), NUMBER(nb_negative, PYAPP_GIVES | 1), NUMBER(nb_positive, PYAPP_GIVES | 1),
    NUMBER(nb_absolute, PYAPP_GIVES | 1), NUMBER(nb_bool, PYAPP_GIVES | 1), NUMBER(nb_invert, PYAPP_GIVES | 1), NUMBER(nb_lshift, PYAPP_GIVES | 2),
    NUMBER(nb_rshift, PYAPP_GIVES | 2), NUMBER(nb_and, PYAPP_GIVES | 2), NUMBER(nb_xor, PYAPP_GIVES | 2), NUMBER(nb_or, PYAPP_GIVES | 2),
    NUMBER(nb_int, PYAPP_GIVES | 1), NUMBER(nb_float, PYAPP_GIVES | 1), NUMBER(nb_inplace_add, PYAPP_GIVES | 2),
    NUMBER(nb_inplace_subtract, PYAPP_GIVES | 2), NUMBER(nb_inplace_multiply, PYAPP_GIVES | 2), NUMBER(nb_inplace_remainder, PYAPP_GIVES | 2),
    NUMBER(nb_inplace_power, PYAPP_GIVES | 3), NUMBER(nb_inplace_lshift, PYAPP_GIVES | 2), NUMBER(nb_inplace_rshift, PYAPP_GIVES | 2),
    NUMBER(nb_inplace_and, PYAPP_GIVES | 2), NUMBER(nb_inplace_xor, PYAPP_GIVES | 2), NUMBER(nb_inplace_or, PYAPP_GIVES | 2),
    NUMBER(nb_floor_divide, PYAPP_GIVES | 2), NUMBER(nb_true_divide, PYAPP_GIVES | 2), NUMBER(nb_inplace_floor_divide, PYAPP_GIVES | 2),
    NUMBER(nb_inplace_true_divide, PYAPP_GIVES | 2), NUMBER(nb_index, PYAPP_GIVES | 1), NUMBER(nb_matrix_multiply, PYAPP_GIVES | 2),
    NUMBER(nb_inplace_matrix_multiply, PYAPP_GIVES | 2),
    SEQUENCE(sq_length, PYAPP_GIVES | 1), SEQUENCE(sq_concat, PYAPP_GIVES | 2), SEQUENCE(sq_repeat, PYAPP_GIVES | 2), SEQUENCE(sq_item, PYAPP_GIVES | 2),
    SEQUENCE(sq_ass_item, PYAPP_GIVES | 3), SEQUENCE(sq_contains, PYAPP_GIVES | 2), SEQUENCE(sq_inplace_concat, PYAPP_GIVES | 2),
    SEQUENCE(sq_inplace_repeat, PYAPP_GIVES | 2),
    MAPPING(mp_length, PYAPP_GIVES | 1), MAPPING(mp_subscript, PYAPP_GIVES | 2), MAPPING(mp_ass_subscript, PYAPP_GIVES | 3),
    ASYNC(am_await, PYAPP_GIVES | 1), ASYNC(am_aiter, PYAPP_GIVES | 1), ASYNC(am_anext, PYAPP_GIVES | 1), ASYNC(am_send, PYAPP_GIVES | 3),
    BUFFER(bf_getbuffer, PYAPP_GIVES | 3), BUFFER(bf_releasebuffer, 2),
};

/* Whether all that a type has in its slots can be called; else an exception names the slot. */
int _pyapp_check_slots(PyTypeObject *type)
{
    for (size_t number = 0; number < Py_ARRAY_LENGTH(slots); number++) {
        const struct slot *slot = &slots[number];
        const char *table = (const char *)type;
        if (slot->table != UINT16_MAX) {
            table = *(const char **)(table + slot->table);
        }
        void *function = table == NULL ? NULL : *(void **)(table + slot->offset);
        if ((uintptr_t)function >= PYAPP_FIRST_EXTENSION && pyapp_kind(function) != slot->kind) {
            PyErr_Format(PyExc_SystemError, "%s.%s: the C function there takes or gives something else than Python passes and expects",
                         type->tp_name == NULL ? "a type" : type->tp_name, slot->name);
            return -1;
        }
    }
    return 0;
}
