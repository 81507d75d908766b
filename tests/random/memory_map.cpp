// SPDX-License-Identifier: Apache-2.0
#include "memory_map.hpp"

namespace freebits::random {

tb::SystemMemory make_memory() {
  tb::SystemMemory memory;
  memory.add_region(kCodeBase, kCodeSize, false);
  memory.add_region(kModifiableBase, kModifiableSize);
  memory.add_region(kDataBase, kDataSize);
  memory.add_region(kConstBase, kConstSize, false);
  memory.add_region(kTopBase, kTopSize);
  return memory;
}

}  // namespace freebits::random
