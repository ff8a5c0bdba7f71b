# How the interpreter is optimized: read behind CPython's own Makefile, whose variables it uses.
#
#   PROFILE=FILE    what `cargo train` has counted; without it, all is compiled alike
#   INSTRUMENT=1    counts how often each branch is taken, for `cargo train`

# Where programs spend their time. These are optimized as one, so that what is called often can be put in place across files.
HOT := $(addprefix Objects/, abstract.o bytesobject.o call.o cellobject.o classobject.o descrobject.o dictobject.o \
	enumobject.o floatobject.o frameobject.o funcobject.o genobject.o iterobject.o listobject.o longobject.o \
	methodobject.o object.o obmalloc.o rangeobject.o setobject.o sliceobject.o tupleobject.o typeobject.o \
	unicodeobject.o) \
	$(addprefix Python/, bltinmodule.o ceval_gil.o errors.o frame.o gc.o getargs.o pystate.o)
# Hot is what has the counts that make up 95 % of all. With less, it is slower; with LLVM's default, 99 %, there is 2 MB more of machine
# code, no faster.
CUTOFF := -mllvm -profile-summary-cutoff-hot=950000

ifdef PROFILE
$(LIBRARY_OBJS): CFLAGS_NODIST += -fprofile-use=$(PROFILE) $(CUTOFF) -Wno-profile-instr-out-of-date -Wno-profile-instr-unprofiled
$(HOT): CFLAGS_NODIST += -flto
LINK_PYTHON_OBJS = hot.o $(filter-out $(HOT),$(LIBRARY_OBJS))
$(BUILDPYTHON): hot.o
# By itself: the compiler's driver hands no options of LLVM to the linker.
hot.o: $(HOT)
	$(LINKER) -r --lto-O3 $(CUTOFF) -o $@ $(HOT)
endif

ifdef INSTRUMENT
$(LIBRARY_OBJS): CFLAGS_NODIST += -fprofile-generate -fprofile-update=single
endif
