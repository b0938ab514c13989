# Section 3: one page for each library, and one for each public header, which is made of it.
library_pages = \
	%D%/libflowmob.3 \
	%D%/libpmip.3 \
	$(NULL)
header_pages = \
	%D%/flowmob_applications.3 \
	%D%/flowmob_classifier.3 \
	%D%/flowmob_flow_table.3 \
	%D%/flowmob_fmp.3 \
	%D%/flowmob_fragment_table.3 \
	%D%/flowmob_manager.3 \
	%D%/flowmob_packet.3 \
	%D%/flowmob_policy.3 \
	%D%/flowmob_reflector.3 \
	%D%/flowmob_selector.3 \
	%D%/flowmob_slave_selector.3 \
	%D%/pmip_action.3 \
	%D%/pmip_binding.3 \
	%D%/pmip_error.3 \
	%D%/pmip_field.3 \
	%D%/pmip_flow.3 \
	%D%/pmip_lma.3 \
	%D%/pmip_mag.3 \
	%D%/pmip_mem.3 \
	%D%/pmip_message.3 \
	%D%/pmip_option.3 \
	%D%/pmip_optval.3 \
	%D%/pmip_suboption.3 \
	%D%/pmip_tolerance.3 \
	%D%/pmip_types.3 \
	%D%/pmip_wire.3 \
	$(NULL)
linux_library_pages = \
	%D%/libflowmob-linux.3 \
	%D%/libpmip-linux.3 \
	$(NULL)
linux_header_pages = \
	%D%/flowmob_first_packets.3 \
	%D%/flowmob_logical.3 \
	%D%/flowmob_nfqueue.3 \
	%D%/flowmob_weak_host.3 \
	%D%/pmip_access.3 \
	%D%/pmip_datapath.3 \
	%D%/pmip_io.3 \
	%D%/pmip_log.3 \
	%D%/pmip_runner.3 \
	%D%/pmip_store.3 \
	$(NULL)
# Section 5: made of a template and the commented reference file.
config_pages = \
	%D%/flowmob-manager.yaml.5 \
	%D%/flowmob-mn.yaml.5 \
	%D%/pmip-lma.yaml.5 \
	%D%/pmip-mag.yaml.5 \
	$(NULL)
program_pages = \
	%D%/flowmob-manager.8 \
	%D%/flowmob-mn.8 \
	%D%/flowmob-slaves.8 \
	%D%/pmip-decode.1 \
	%D%/pmip-encode.1 \
	%D%/pmip-lab-topology.5 \
	%D%/pmip-lab.1 \
	%D%/pmip-lma.8 \
	%D%/pmip-mag.8 \
	%D%/pmip-perf.8 \
	%D%/pmipctl.1 \
	$(NULL)

man_MANS = $(library_pages) $(header_pages)
if ENABLE_LINUX
man_MANS += $(linux_library_pages) $(linux_header_pages)
endif
if ENABLE_PROGRAMS
man_MANS += $(config_pages) $(program_pages)
endif

# Made pages are in the tarball, so that who builds that needs no Python.
EXTRA_DIST += \
	$(library_pages) $(header_pages) $(linux_library_pages) $(linux_header_pages) $(config_pages) $(program_pages) \
	$(config_pages:=.in) \
	%D%/page.py \
	$(NULL)
MAINTAINERCLEANFILES = $(header_pages) $(linux_header_pages) $(config_pages)

make_page = $(AM_V_GEN)$(MKDIR_P) $(@D) && $(srcdir)/%D%/page.py
%D%/flowmob_%.3: libflowmob/include/flowmob/%.h %D%/page.py
	$(make_page) $< >$@.tmp && mv $@.tmp $@
%D%/pmip_%.3: libpmip/include/pmip/%.h %D%/page.py
	$(make_page) $< >$@.tmp && mv $@.tmp $@

$(config_pages): %D%/page.py
%D%/flowmob-manager.yaml.5: %D%/flowmob-manager.yaml.5.in examples/flow-manager/flowmob-manager.yaml tests/settings/manager-ok-minimal.yaml
	$(make_page) $(filter-out %.py,$^) >$@.tmp && mv $@.tmp $@
%D%/flowmob-mn.yaml.5: %D%/flowmob-mn.yaml.5.in examples/mn/flowmob-mn.yaml tests/settings/mn-ok-minimal.yaml
	$(make_page) $(filter-out %.py,$^) >$@.tmp && mv $@.tmp $@
%D%/pmip-lma.yaml.5: %D%/pmip-lma.yaml.5.in examples/lma/pmip-lma.yaml tests/settings/lma-ok-minimal.yaml
	$(make_page) $(filter-out %.py,$^) >$@.tmp && mv $@.tmp $@
%D%/pmip-mag.yaml.5: %D%/pmip-mag.yaml.5.in examples/mag/pmip-mag.yaml tests/settings/mag-ok-minimal.yaml
	$(make_page) $(filter-out %.py,$^) >$@.tmp && mv $@.tmp $@
