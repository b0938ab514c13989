# A unit test tests/unit/test_x.c is one line in unit_tests; it links the core, hidden symbols included, and needs no rights.
unit_tests = \
	%D%/unit/test_domain \
	%D%/unit/test_mag_attach \
	%D%/unit/test_mag_register \
	%D%/unit/test_mag_timers \
	$(NULL)

mag_harness = \
	%D%/unit/mag_harness.c \
	%D%/unit/mag_harness.h \
	$(NULL)
%C%_unit_test_mag_attach_SOURCES = %D%/unit/test_mag_attach.c $(mag_harness)
%C%_unit_test_mag_register_SOURCES = %D%/unit/test_mag_register.c $(mag_harness)
%C%_unit_test_mag_timers_SOURCES = %D%/unit/test_mag_timers.c $(mag_harness)

# Tests that need root and a real kernel; they skip (77) without, and say why.
system_tests = \
	%D%/system/nl.sh \
	$(NULL)

# Checks of the tree and the built libraries.
tool_tests = \
	$(NULL)

# Programs that system tests drive.
system_programs = \
	$(NULL)
if ENABLE_LINUX
system_programs += \
	%D%/system/nl_check \
	$(NULL)
%C%_system_nl_check_LDADD = libpmip/libpmip-linux-core.la libpmip/libpmip-core.la $(NL_LIBS) $(BPF_LIBS)
endif
check_PROGRAMS += $(system_programs)

if ENABLE_TESTS
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
TESTS += $(tool_tests) $(system_tests)
EXTRA_DIST += $(tool_tests) $(system_tests)

LDADD = libpmip/libpmip-core.la $(CHECK_LIBS)
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir;
TEST_EXTENSIONS = .sh .py
SH_LOG_COMPILER = bash
PY_LOG_COMPILER = /usr/bin/python3
