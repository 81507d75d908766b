// SPDX-License-Identifier: Apache-2.0
// fb_core_demux: every address goes where the memory map says, or is refused.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "Vdemux.h"
#include "unit.hpp"

namespace freebits::test {
namespace {

constexpr std::uint32_t kTcdm = 65536, kL2 = 0x180000, kL3 = 0x800000;

enum class Place : std::uint8_t { kNowhere, kL1, kEventUnit, kPeripherals, kOutside };

struct Range {
  std::uint32_t base, bytes;
  Place place;
};
const std::vector<Range> kMap = {
    {0x10000000, kTcdm, Place::kL1},        {0x10100000, kTcdm, Place::kL1},
    {0x10200000, 4096, Place::kEventUnit},  {0x10201000, 3 * 4096, Place::kPeripherals},
    {0x1A000000, 0x10000, Place::kOutside}, {0x1C000000, kL2, Place::kOutside},
    {0x80000000, kL3, Place::kOutside}};

Place place_of(std::uint32_t address) {
  for (const Range& r : kMap) {
    if (address >= r.base && address - r.base < r.bytes) return r.place;
  }
  return Place::kNowhere;
}

std::uint32_t random_address(Random& random) {
  const Range& r = kMap[static_cast<std::size_t>(random.below(static_cast<int>(kMap.size())))];
  switch (random.below(6)) {
    case 0:
      return r.base - 4 * static_cast<std::uint32_t>(random.below(2));
    case 1:
      return r.base + r.bytes - 4 * static_cast<std::uint32_t>(random.below(2));
    case 2:
      return random.word() & ~3U;
    default:
      return r.base + (random.word() % r.bytes & ~3U);
  }
}

class CoreDemux : public ::testing::Test {
 protected:
  Unit<Vdemux> unit_;

  CoreDemux() {
    unit_.ports.l2_bytes_i = kL2;
    unit_.ports.l3_bytes_i = kL3;
  }
  void present(std::uint32_t address, bool write) {
    unit_.ports.data_req_i = 1;
    unit_.ports.data_addr_i = address;
    unit_.ports.data_we_i = write;
  }
  void check_steering(Place place, std::uint32_t address, bool write) {
    const auto& p = unit_.ports;
    EXPECT_EQ(p.tcdm_req_o != 0, place == Place::kL1);
    EXPECT_EQ(p.eu_req_o != 0, place == Place::kEventUnit);
    EXPECT_EQ(p.periph_req_o != 0, place == Place::kPeripherals);
    EXPECT_EQ(p.outside_req_o != 0, place == Place::kOutside);
    EXPECT_EQ(p.data_err_o != 0, place == Place::kNowhere);
    if (place == Place::kL1) {
      EXPECT_EQ(p.tcdm_tas_o != 0, address >= 0x10100000 && !write);
    }
  }
};

TEST_F(CoreDemux, EveryEdgeOfTheMap) {
  for (const Range& r : kMap) {
    for (const std::uint32_t address :
         {r.base - 4, r.base, r.base + r.bytes - 4, r.base + r.bytes}) {
      for (const bool write : {false, true}) {
        SCOPED_TRACE(address);
        present(address, write);
        unit_.settle();
        check_steering(place_of(address), address, write);
      }
    }
  }
}

TEST_F(CoreDemux, AMemoryThatIsNotThereIsRefused) {
  unit_.ports.l3_bytes_i = 0;
  present(0x80000000, false);
  unit_.settle();
  check_steering(Place::kNowhere, 0x80000000, false);
}

// One access in flight; the next may be presented in the cycle of the answer.
TEST_F(CoreDemux, RandomAccessesAreGrantedAndAnsweredByTheirPlace) {
  Random random(5);
  auto& p = unit_.ports;
  bool standing = false;
  std::uint32_t address = 0;
  bool write = false;
  Place in_flight = Place::kNowhere;
  for (int cycle = 0; cycle < 100000; ++cycle) {
    // Answers: L1 and peripherals in the next cycle, the others any time later.
    const bool late = in_flight == Place::kEventUnit || in_flight == Place::kOutside;
    const bool answers = in_flight != Place::kNowhere && (!late || random.chance(40));
    p.eu_rvalid_i = answers && in_flight == Place::kEventUnit;
    p.outside_rvalid_i = answers && in_flight == Place::kOutside;
    p.tcdm_rdata_i = random.word();
    p.eu_rdata_i = random.word();
    p.periph_rdata_i = random.word();
    p.outside_rdata_i = random.word();
    if (!standing && (in_flight == Place::kNowhere || answers) && random.chance(70)) {
      standing = true;
      address = random_address(random);
      write = random.chance(50);
    }
    if (standing) present(address, write);
    p.data_req_i = standing;
    const Place place = standing ? place_of(address) : Place::kNowhere;
    // Grants come only to what is asked.
    const bool willing = random.chance(60);
    p.tcdm_gnt_i = willing && place == Place::kL1;
    p.periph_gnt_i = willing && place == Place::kPeripherals;
    p.outside_gnt_i = willing && place == Place::kOutside;
    unit_.settle();

    ASSERT_EQ(p.data_rvalid_o != 0, answers) << "cycle " << cycle;
    if (answers) {
      ASSERT_EQ(p.data_rdata_o, in_flight == Place::kL1          ? p.tcdm_rdata_i
                                : in_flight == Place::kEventUnit ? p.eu_rdata_i
                                : in_flight == Place::kOutside   ? p.outside_rdata_i
                                                                 : p.periph_rdata_i);
    }
    ASSERT_EQ(p.outside_o != 0, place == Place::kOutside || in_flight == Place::kOutside);
    const bool at_once = place == Place::kEventUnit || place == Place::kNowhere;
    ASSERT_EQ(p.data_gnt_o != 0, standing && (at_once || willing));
    if (standing) {
      check_steering(place, address, write);
      if (HasFailure()) return;
    } else {
      ASSERT_EQ(p.tcdm_req_o | p.eu_req_o | p.periph_req_o | p.outside_req_o | p.data_err_o, 0);
    }
    if (answers) in_flight = Place::kNowhere;
    if (p.data_gnt_o != 0) {
      in_flight = place;
      standing = false;
    }
    unit_.tick();
  }
}

}  // namespace
}  // namespace freebits::test
