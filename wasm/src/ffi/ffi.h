/* As much of libffi's interface as CPython's _ctypes uses. There is no machine code to call, so what can be called is what
 * _ctypes itself has to offer (ffi_offer) and callbacks, which lead back to Python. */
#ifndef FFI_H
#define FFI_H

#include <stddef.h>
#include <stdint.h>

#define HAVE_FFI_PREP_CLOSURE_LOC 1

typedef uintptr_t ffi_arg;

enum {
    FFI_TYPE_VOID, FFI_TYPE_FLOAT, FFI_TYPE_DOUBLE, FFI_TYPE_LONGDOUBLE, FFI_TYPE_UINT8, FFI_TYPE_SINT8, FFI_TYPE_UINT16,
    FFI_TYPE_SINT16, FFI_TYPE_UINT32, FFI_TYPE_SINT32, FFI_TYPE_UINT64, FFI_TYPE_SINT64, FFI_TYPE_STRUCT, FFI_TYPE_POINTER,
};

typedef struct ffi_type {
    size_t size;
    unsigned short alignment, type;
    struct ffi_type **elements;
} ffi_type;

extern ffi_type ffi_type_void, ffi_type_float, ffi_type_double, ffi_type_longdouble, ffi_type_uint8, ffi_type_sint8,
    ffi_type_uint16, ffi_type_sint16, ffi_type_uint32, ffi_type_sint32, ffi_type_uint64, ffi_type_sint64, ffi_type_pointer;

#define ffi_type_uchar ffi_type_uint8
#define ffi_type_schar ffi_type_sint8
#define ffi_type_ushort ffi_type_uint16
#define ffi_type_sshort ffi_type_sint16
#define ffi_type_uint ffi_type_uint32
#define ffi_type_sint ffi_type_sint32
#define ffi_type_ulong ffi_type_uint32
#define ffi_type_slong ffi_type_sint32

typedef enum { FFI_OK, FFI_BAD_TYPEDEF } ffi_status;
typedef enum { FFI_DEFAULT_ABI } ffi_abi;

typedef struct {
    unsigned count;
    ffi_type *result;
    ffi_type **arguments;
} ffi_cif;

typedef void ffi_callback(ffi_cif *cif, void *result, void **arguments, void *data);

typedef struct ffi_closure {
    struct ffi_closure *next;
    ffi_cif *cif;
    ffi_callback *callback;
    void *data;
} ffi_closure;

ffi_status ffi_prep_cif(ffi_cif *cif, ffi_abi abi, unsigned count, ffi_type *result, ffi_type **arguments);

/* Makes a function callable that takes `count` words (2 or 3) and returns one; gives it back. */
void *ffi_offer(void *function, unsigned count);

/* Whether ffi_call() may be called with these. A wrong address or type would end the program. */
ffi_status ffi_can_call(const ffi_cif *cif, const void *function);
void ffi_call(ffi_cif *cif, void *function, void *result, void **arguments);

void *ffi_closure_alloc(size_t size, void **code);
void ffi_closure_free(void *closure);
ffi_status ffi_prep_closure_loc(ffi_closure *closure, ffi_cif *cif, ffi_callback *callback, void *data, void *code);
/* Where there is the former, this is mentioned and not called. */
ffi_status ffi_prep_closure(ffi_closure *closure, ffi_cif *cif, ffi_callback *callback, void *data);

#endif
