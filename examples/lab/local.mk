EXTRA_DIST += %D%/README.md

# pmip-lab: its modules, what comes along with them, and user-mode Linux's starter, all in one folder. client.py is pmip.client by a link, so that the
# laboratory needs no Python bindings; tarball and installation have what it points to.
pmiplabdir = $(pkgdatadir)/lab
pmiplab_experimentsdir = $(pmiplabdir)/experiments
pmiplab_topologiesdir = $(pmiplabdir)/topologies
lab_scripts = \
	%D%/pmip-lab \
	tests/uml/legacy-fp \
	tests/uml/uml-run \
	$(NULL)
lab_modules = \
	%D%/ap_agent.py \
	%D%/capture.py \
	%D%/client.py \
	%D%/demo.py \
	%D%/domain.py \
	%D%/energy.py \
	%D%/experiment.py \
	%D%/experiment_phone.py \
	%D%/experiment_qos.py \
	%D%/experiment_uml.py \
	%D%/figures.py \
	%D%/flows.py \
	%D%/handover.py \
	%D%/impair.py \
	%D%/inspection.py \
	%D%/isatap.py \
	%D%/isatap_gateway.py \
	%D%/kernel.py \
	%D%/laboratory.py \
	%D%/labs.py \
	%D%/links.py \
	%D%/manager.py \
	%D%/netns.py \
	%D%/network.py \
	%D%/page.py \
	%D%/paths.py \
	%D%/pbu.py \
	%D%/picture.py \
	%D%/pmip_lab.py \
	%D%/series.py \
	%D%/sources.py \
	%D%/statistic.py \
	%D%/terminal.py \
	%D%/topology.py \
	%D%/traffic.py \
	%D%/trial.py \
	%D%/verdict.py \
	%D%/yaml_rows.py \
	$(NULL)
lab_experiments = \
	%D%/experiments/crowd.py \
	%D%/experiments/datapaths.py \
	%D%/experiments/fig2.py \
	%D%/experiments/fig4.py \
	%D%/experiments/fig4_fig5.py \
	%D%/experiments/fig5.py \
	%D%/experiments/fig6.py \
	%D%/experiments/fig7.py \
	%D%/experiments/fig8.py \
	%D%/experiments/hello.py \
	%D%/experiments/interruptions.py \
	%D%/experiments/table1.py \
	$(NULL)
lab_topologies = \
	%D%/topologies/many.yaml \
	%D%/topologies/paper.yaml \
	%D%/topologies/small.yaml \
	%D%/topologies/two-lmas.yaml \
	%D%/topologies/umts-isatap.yaml \
	$(NULL)
EXTRA_DIST += $(lab_scripts) $(lab_modules) $(lab_experiments) $(lab_topologies)

# pmip-lab of the source tree, with the programs of this build.
if ENABLE_PROGRAMS
noinst_SCRIPTS += pmip-lab
CLEANFILES += pmip-lab
pmip-lab: $(srcdir)/%D%/local.mk Makefile
	$(AM_V_GEN)printf '#!/bin/sh\nPMIP_BUILD="%s" exec /usr/bin/python3 -B "%s" "$$@"\n' \
		'$(abs_top_builddir)' '$(abs_top_srcdir)/%D%/pmip-lab' >$@-t && chmod 755 $@-t && mv $@-t $@

pmiplab_SCRIPTS = $(lab_scripts)
pmiplab_DATA = $(lab_modules)
pmiplab_experiments_DATA = $(lab_experiments)
pmiplab_topologies_DATA = $(lab_topologies)

# Links in the folder say where the programs are, wherever all of it is put.
lab_links = '$(DESTDIR)$(bindir)/pmip-lab' '$(DESTDIR)$(pmiplabdir)/bin' '$(DESTDIR)$(pmiplabdir)/sbin'
install-data-hook:
	$(MKDIR_P) '$(DESTDIR)$(bindir)' '$(DESTDIR)$(sbindir)' '$(DESTDIR)$(pmiplabdir)'
	rm -f $(lab_links)
	ln -sr '$(DESTDIR)$(pmiplabdir)/pmip-lab' '$(DESTDIR)$(bindir)/pmip-lab'
	ln -sr '$(DESTDIR)$(bindir)' '$(DESTDIR)$(pmiplabdir)/bin'
	ln -sr '$(DESTDIR)$(sbindir)' '$(DESTDIR)$(pmiplabdir)/sbin'

endif
