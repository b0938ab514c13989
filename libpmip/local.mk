# What base/ has for our own libraries only; a hidden copy is in each of them.
noinst_LTLIBRARIES += %D%/libpmip-base.la
%C%_libpmip_base_la_SOURCES =

# libpmip-core holds every object once; the public library and the tests are both made of it.
noinst_LTLIBRARIES += %D%/libpmip-core.la
%C%_libpmip_core_la_SOURCES =
%C%_libpmip_core_la_LIBADD = %D%/libpmip-base.la

lib_LTLIBRARIES += %D%/libpmip.la
%C%_libpmip_la_SOURCES =
%C%_libpmip_la_LIBADD = %D%/libpmip-core.la
%C%_libpmip_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info $(LIBPMIP_VERSION_INFO) \
	-Wl,--version-script=$(srcdir)/%D%/libpmip.map
EXTRA_libpmip_libpmip_la_DEPENDENCIES = %D%/libpmip.map
EXTRA_DIST += %D%/libpmip.map

pmipincludedir = $(includedir)/pmip
pmipinclude_HEADERS = \
	%D%/include/pmip/action.h \
	%D%/include/pmip/binding.h \
	%D%/include/pmip/error.h \
	%D%/include/pmip/field.h \
	%D%/include/pmip/flow.h \
	%D%/include/pmip/lma.h \
	%D%/include/pmip/mag.h \
	%D%/include/pmip/mem.h \
	%D%/include/pmip/message.h \
	%D%/include/pmip/option.h \
	%D%/include/pmip/optval.h \
	%D%/include/pmip/pmip.h \
	%D%/include/pmip/suboption.h \
	%D%/include/pmip/tolerance.h \
	%D%/include/pmip/types.h \
	%D%/include/pmip/wire.h \
	$(NULL)

if ENABLE_LINUX
# What backend/ has for our own libraries only, as libpmip-base.
noinst_LTLIBRARIES += %D%/libpmip-linux-base.la
%C%_libpmip_linux_base_la_SOURCES =
%C%_libpmip_linux_base_la_CPPFLAGS = $(AM_CPPFLAGS) $(NL_CFLAGS) $(BPF_CFLAGS)

noinst_LTLIBRARIES += %D%/libpmip-linux-core.la
%C%_libpmip_linux_core_la_LIBADD = %D%/libpmip-linux-base.la
%C%_libpmip_linux_core_la_SOURCES =
%C%_libpmip_linux_core_la_CPPFLAGS = $(AM_CPPFLAGS) $(NL_CFLAGS) $(BPF_CFLAGS) $(LMDB_CFLAGS)

lib_LTLIBRARIES += %D%/libpmip-linux.la
%C%_libpmip_linux_la_SOURCES =
%C%_libpmip_linux_la_LIBADD = %D%/libpmip-linux-core.la %D%/libpmip.la $(NL_LIBS) $(BPF_LIBS) $(LMDB_LIBS) -lpthread
%C%_libpmip_linux_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info $(LIBPMIP_LINUX_VERSION_INFO) \
	-Wl,--version-script=$(srcdir)/%D%/libpmip-linux.map
EXTRA_libpmip_libpmip_linux_la_DEPENDENCIES = %D%/libpmip-linux.map

pmipinclude_HEADERS += \
	%D%/include/pmip/access.h \
	%D%/include/pmip/datapath.h \
	%D%/include/pmip/io.h \
	%D%/include/pmip/log.h \
	%D%/include/pmip/runner.h \
	%D%/include/pmip/store.h \
	$(NULL)

pmipadapterdir = $(includedir)/pmip/adapter
pmipadapter_HEADERS = \
	%D%/include/pmip/adapter/libevent.h \
	%D%/include/pmip/adapter/libuv.h \
	%D%/include/pmip/adapter/poll.h \
	%D%/include/pmip/adapter/sd_event.h \
	%D%/include/pmip/adapter/turn.h \
	$(NULL)
endif
EXTRA_DIST += %D%/libpmip-linux.map
