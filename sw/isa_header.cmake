# Writes OUTPUT, the C header of every number in PACKAGE (rtl/core/fb_isa_pkg.sv), which has each of
# them once.
#   LevelXpulpV2 -> LEVEL_XPULPV2   OpCustom3 -> OPCODE_CUSTOM3
#   CsrFbAAddr -> CSR_FBAADDR       CauseIllegal -> CAUSE_ILLEGAL
file(STRINGS ${PACKAGE} lines REGEX "^ +(Level|Op|Csr|Cause)[A-Za-z0-9]+ += [0-9]+'[hd][0-9a-f]+")
set(text "// Generated from rtl/core/fb_isa_pkg.sv by sw/isa_header.cmake.\n#pragma once\n\n")
foreach(line IN LISTS lines)
  string(REGEX MATCH "(Level|Op|Csr|Cause)([A-Za-z0-9]+) += [0-9]+'([hd])([0-9a-f]+)" unused
               "${line}")
  set(group ${CMAKE_MATCH_1})
  string(TOUPPER ${CMAKE_MATCH_2} name)
  set(value ${CMAKE_MATCH_4})
  if(CMAKE_MATCH_3 STREQUAL "h")
    set(value 0x${value})
  endif()
  string(TOUPPER ${group} prefix)
  if(group STREQUAL "Op")
    set(prefix OPCODE)
  endif()
  string(APPEND text "#define ${prefix}_${name} ${value}\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
