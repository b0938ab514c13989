# Python: SWIG reads the public headers, generate.py makes typed classes of what it has read, package/ is written by hand. All of it comes together
# in the build directory's python/pmip, which is what is installed.
python_examples = \
	%D%/python/examples/captured.py \
	%D%/python/examples/classify.py \
	%D%/python/examples/clock.py \
	%D%/python/examples/decode.py \
	%D%/python/examples/domain.py \
	%D%/python/examples/manager.py \
	%D%/python/examples/phone.py \
	%D%/python/examples/policy.py \
	%D%/python/examples/watch.py \
	$(NULL)
python_sources = \
	%D%/python/package/__init__.py \
	%D%/python/package/base.py \
	%D%/python/package/client.py \
	%D%/python/package/engine.py \
	%D%/python/package/error.py \
	%D%/python/package/flow.py \
	%D%/python/package/library.py \
	%D%/python/package/lma.py \
	%D%/python/package/mag.py \
	%D%/python/package/message.py \
	%D%/python/package/pcap.py \
	%D%/python/package/py.typed \
	$(NULL)
EXTRA_DIST += \
	$(python_examples) \
	$(python_sources) \
	%D%/README.md \
	%D%/python/generate.py \
	%D%/python/pmip.i \
	$(NULL)

if ENABLE_PYTHON
python_package = %D%/python/pmip
python_generated = $(python_package)/generated.py $(python_package)/generated_flow.py
python_stub = $(python_package)/lib.pyi
python_package_files = $(subst /package/,/pmip/,$(python_sources))
pmippythondir = $(pyexecdir)/pmip
nodist_pmippython_PYTHON = $(filter %.py,$(python_package_files)) $(python_generated) $(python_package)/lib.py
nodist_pmippython_DATA = $(filter-out %.py,$(python_package_files)) $(python_stub)

# SWIG's output is compiled without the warnings that we have for ourselves.
pmippython_LTLIBRARIES = %D%/python/pmip/_lib.la
%C%_python_pmip__lib_la_SOURCES =
nodist_%C%_python_pmip__lib_la_SOURCES = %D%/python/pmip/lib_wrap.c
%C%_python_pmip__lib_la_CPPFLAGS = $(AM_CPPFLAGS) $(PYTHON_CPPFLAGS) -I$(srcdir)/%D%/python
%C%_python_pmip__lib_la_CFLAGS = -std=gnu11 -w
%C%_python_pmip__lib_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared
%C%_python_pmip__lib_la_LIBADD = %D%/python/libvalues.la libflowmob/libflowmob.la libpmip/libpmip.la
noinst_LTLIBRARIES += %D%/python/libvalues.la
%C%_python_libvalues_la_SOURCES = \
	%D%/python/block.c \
	%D%/python/block.h \
	%D%/python/fields.c \
	%D%/python/fields.h \
	%D%/python/fields_encode.c \
	%D%/python/fmp.c \
	%D%/python/fmp.h \
	%D%/python/value.c \
	%D%/python/value.h \
	$(NULL)
%C%_python_libvalues_la_CPPFLAGS = $(AM_CPPFLAGS) $(PYTHON_CPPFLAGS)

# One run of SWIG makes all three.
$(python_package)/lib_wrap.c: %D%/python/pmip.i $(pmipinclude_HEADERS) $(flowmobinclude_HEADERS)
	$(AM_V_GEN)$(MKDIR_P) $(python_package) && \
	$(SWIG) -python -doxygen -w451 -I$(srcdir)/libpmip/include -I$(srcdir)/libflowmob/include -outdir $(python_package) \
		-xmlout $(python_package)/lib.xml -o $@.tmp $(srcdir)/%D%/python/pmip.i && mv $@.tmp $@
$(python_package)/lib.py $(python_package)/lib.xml: $(python_package)/lib_wrap.c
$(python_package)/generated.py: %D%/python/generate.py $(python_package)/lib.xml
	$(AM_V_GEN)$(PYTHON) $(srcdir)/%D%/python/generate.py $(python_package)/lib.xml $(python_package)
$(python_package)/generated_flow.py $(python_stub): $(python_package)/generated.py
$(python_package_files): $(python_package)/%: %D%/python/package/%
	$(AM_V_at)$(MKDIR_P) $(python_package) && cp $< $@
# Where Python looks for it in the build directory.
$(python_package)/_lib.so: $(python_package)/_lib.la
	$(AM_V_at)ln -sf .libs/_lib.so $@
noinst_DATA = $(python_package)/_lib.so $(nodist_pmippython_PYTHON) $(nodist_pmippython_DATA)
CLEANFILES += $(python_package_files) $(python_generated) $(python_stub) $(python_package)/_lib.so $(python_package)/lib.py $(python_package)/lib.xml \
	$(python_package)/lib_wrap.c
endif
