# The one interface target every host target links: warnings as errors, sanitizers on request.
option(FREEBITS_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer for host code" OFF)

add_library(freebits_warnings INTERFACE)
target_compile_options(freebits_warnings INTERFACE -Wall -Wextra -Werror)
if(FREEBITS_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
