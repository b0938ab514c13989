EXTRA_DIST += \
	%D%/Doxyfile \
	%D%/abi.md \
	%D%/anchor.md \
	%D%/architecture.md \
	%D%/architecture.svg \
	%D%/backend.md \
	%D%/conformance.md \
	%D%/embed.md \
	%D%/flow-move.svg \
	%D%/handover.svg \
	%D%/performance-bulk.svg \
	%D%/performance-daemon.svg \
	%D%/performance-engine.svg \
	%D%/performance-flows.svg \
	%D%/performance-forward.svg \
	%D%/performance.md \
	%D%/pictures.py \
	%D%/quickstart.md \
	%D%/rfc-coverage.md \
	%D%/security.md \
	%D%/terminal.md \
	%D%/testbed.md \
	%D%/testing.md \
	$(NULL)

# The public headers as web pages, doc/html/index.html.
doxygen:
	$(MKDIR_P) doc && cd $(srcdir) && { cat %D%/Doxyfile; echo OUTPUT_DIRECTORY=$(abs_builddir)/doc; } | doxygen -
.PHONY: doxygen
