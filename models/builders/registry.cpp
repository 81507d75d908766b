// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "models/builders/family.hpp"

// One line for each family of networks. NAME_family() is defined in a file of this folder.
#define FREEBITS_NETWORK_FAMILIES(FAMILY) \
  FAMILY(mobilenet_v1)                    \
  FAMILY(mobilenet_v2)                    \
  FAMILY(resnet8)                         \
  FAMILY(ds_cnn)

namespace freebits::models {

#define FREEBITS_DECLARE(name) const NetworkFamily& name##_family();
FREEBITS_NETWORK_FAMILIES(FREEBITS_DECLARE)
#undef FREEBITS_DECLARE

std::span<const NetworkFamily* const> network_families() {
#define FREEBITS_ENTRY(name) &name##_family(),
  static const std::array all = {FREEBITS_NETWORK_FAMILIES(FREEBITS_ENTRY)};
#undef FREEBITS_ENTRY
  return all;
}

}  // namespace freebits::models
