# freebits_host_arch(<target>): compiles for the processor at hand, as numeric code should be. FREEBITS_MARCH chooses another
# (x86-64-v3, …). What "native" stands for goes into the command line, so that a compiler cache shared by machines tells them apart.
set(FREEBITS_MARCH native CACHE STRING "-march of numeric code")

execute_process(COMMAND ${CMAKE_CXX_COMPILER} -march=${FREEBITS_MARCH} -E -v -x c++ /dev/null OUTPUT_QUIET
                ERROR_VARIABLE meaning RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "FREEBITS_MARCH=${FREEBITS_MARCH}: ${CMAKE_CXX_COMPILER} does not know it; native or the name of a processor")
endif()
string(REGEX MATCH "[^\n]*cc1plus[^\n]*" meaning "${meaning}")
string(MD5 FREEBITS_MARCH_MEANING "${meaning}")

function(freebits_host_arch target)
  target_compile_options(${target} PRIVATE -march=${FREEBITS_MARCH})
  target_compile_definitions(${target} PRIVATE FREEBITS_MARCH_MEANING=0x${FREEBITS_MARCH_MEANING})
endfunction()
