// SPDX-License-Identifier: Apache-2.0
#include "tb/isa/memory.hpp"

namespace freebits::isa {

bool Memory::device_load(std::uint32_t, unsigned, std::uint32_t&) { return false; }
bool Memory::device_store(std::uint32_t, unsigned, std::uint32_t) { return false; }
bool Memory::device_fetch(std::uint32_t, std::uint16_t&) { return false; }

}  // namespace freebits::isa
