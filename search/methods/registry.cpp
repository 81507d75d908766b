// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "search/methods/method.hpp"

// One line for each method. NAME_method() is defined in registered/NAME.cpp. The report gives each
// the next of its markers and colours: new ones come last.
#define FREEBITS_METHODS(METHOD) \
  METHOD(uniform)                \
  METHOD(bop)                    \
  METHOD(published)              \
  METHOD(freebits)               \
  METHOD(latency)                \
  METHOD(exact)                  \
  METHOD(sensitivity)

namespace freebits::search {

#define FREEBITS_DECLARE(name) const Method& name##_method();
FREEBITS_METHODS(FREEBITS_DECLARE)
#undef FREEBITS_DECLARE

std::span<const Method* const> all_methods() {
#define FREEBITS_ENTRY(name) &name##_method(),
  static const std::array all = {FREEBITS_METHODS(FREEBITS_ENTRY)};
#undef FREEBITS_ENTRY
  return all;
}

}  // namespace freebits::search
