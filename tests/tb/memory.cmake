# The memory system outside the cluster.
freebits_add_test(memory_system_test SOURCES memory_system_test.cpp l3_dma_test.cpp LIBS freebits_tb LABELS host)
