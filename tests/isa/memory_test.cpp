// SPDX-License-Identifier: Apache-2.0
// Loads and stores: CORE-V addressing forms, misaligned accesses, faults that leave no trace,
// devices.
#include <gtest/gtest.h>

#include <vector>

#include "machine.hpp"

namespace freebits::isa::test {
namespace {

constexpr std::uint32_t kEnd = kRam + kRamSize;

TEST(PostIncrement, LoadsFromTheOldBase) {
  Machine m;
  m.ram.set_word(kData, 0x11223344);
  m.hart.set_reg(11, kData);
  const Retired r = m.exec("cv.lw", {.rd = 10, .rs1 = 11, .imm = -8}, Format::LoadPostImm);
  EXPECT_EQ(r.rd, 10);
  EXPECT_EQ(r.rd_value, 0x11223344u);
  EXPECT_EQ(r.rd2, 11);
  EXPECT_EQ(r.rd2_value, kData - 8);
  EXPECT_EQ(r.mem_addr, kData);
}

TEST(PostIncrement, LoadedDataWinsOverTheIncrementedBase) {
  Machine m;
  m.ram.set_word(kData, 0x55);
  m.hart.set_reg(11, kData);
  const Retired r = m.exec("cv.lw", {.rd = 11, .rs1 = 11, .imm = 4}, Format::LoadPostImm);
  EXPECT_EQ(m.hart.reg(11), 0x55u);
  EXPECT_EQ(r.rd, 11);
  EXPECT_EQ(r.rd2, 0);
}

TEST(PostIncrement, RegisterFormsAddTheOldOffset) {
  Machine m;
  m.ram.set_word(kData, 0xfffffff0);
  m.hart.set_reg(11, kData);
  m.hart.set_reg(12, 16);
  const Retired r = m.exec("cv.lb", {.rd = 12, .rs1 = 11, .rs2 = 12}, Format::LoadPostReg);
  EXPECT_EQ(r.rd_value, 0xfffffff0u);
  EXPECT_EQ(r.rd2_value, kData + 16);
}

TEST(PostIncrement, StoresTakeTheOffsetFromTheRdField) {
  Machine m;
  m.hart.set_reg(10, 12);  // rs3
  m.hart.set_reg(11, kData);
  m.hart.set_reg(12, 0xcafe1234);
  const Retired r = m.exec("cv.sh", {.rd = 10, .rs1 = 11, .rs2 = 12}, Format::StorePostReg);
  EXPECT_EQ(r.mem_wmask, 3);
  EXPECT_EQ(r.mem_wdata, 0x1234u);
  EXPECT_EQ(r.rd, 0);
  EXPECT_EQ(r.rd2, 11);
  EXPECT_EQ(r.rd2_value, kData + 12);
  m.exec("cv.sw", {.rd = 10, .rs1 = 11, .rs2 = 11}, Format::StoreReg);
  EXPECT_EQ(m.ram.word(kData + 24), kData + 12);
}

TEST(PostIncrement, BaseX0IsNotWritten) {
  Machine m;
  m.hart.write_csr(0x305, kRam);
  const Retired r = m.exec("cv.sw", {.rs1 = 0, .rs2 = 12, .imm = 4}, Format::StorePostImm);
  EXPECT_TRUE(r.trap);  // address 0 is not there
  EXPECT_EQ(m.hart.reg(0), 0u);
}

TEST(Misaligned, AccessesAreDoneByteExactly) {
  Machine m;
  m.ram.set_word(kData, 0x44332211);
  m.ram.set_word(kData + 4, 0x88776655);
  for (std::uint32_t offset = 0; offset < 4; ++offset) {
    m.hart.set_reg(11, kData + offset);
    const std::uint64_t both = 0x8877665544332211;
    EXPECT_EQ(m.exec("lw", {.rd = 5, .rs1 = 11}).rd_value,
              static_cast<std::uint32_t>(both >> 8 * offset));
    EXPECT_EQ(m.exec("lhu", {.rd = 5, .rs1 = 11}).rd_value, both >> 8 * offset & 0xffff);
  }
  m.hart.set_reg(11, kData + 3);
  m.hart.set_reg(12, 0xa1b2c3d4);
  m.exec("sw", {.rs1 = 11, .rs2 = 12});
  EXPECT_EQ(m.ram.word(kData), 0xd4332211u);
  EXPECT_EQ(m.ram.word(kData + 4), 0x88a1b2c3u);
}

TEST(Faults, SecondWordOfAMisalignedLoadNamesThatWord) {
  Machine m;
  m.hart.set_reg(11, kEnd - 2);
  m.hart.set_reg(5, 77);
  const Retired r = m.exec("cv.lw", {.rd = 5, .rs1 = 11, .imm = 4}, Format::LoadPostImm);
  EXPECT_TRUE(r.trap);
  EXPECT_EQ(m.csr(0x342), 5u);
  EXPECT_EQ(m.csr(0x343), kEnd);
  EXPECT_EQ(m.hart.reg(5), 77u);
  EXPECT_EQ(m.hart.reg(11), kEnd - 2);
  EXPECT_EQ(r.rd, 0);
  EXPECT_EQ(r.mem_rmask, 0);
}

TEST(Faults, SecondWordOfAMisalignedStoreLeavesTheFirstWritten) {
  Machine m;
  m.hart.set_reg(11, kEnd - 1);
  m.hart.set_reg(12, 0xa1b2c3d4);
  EXPECT_TRUE(m.exec("sw", {.rs1 = 11, .rs2 = 12}).trap);
  EXPECT_EQ(m.csr(0x342), 7u);
  EXPECT_EQ(m.csr(0x343), kEnd);
  EXPECT_EQ(m.ram.word(kEnd - 4), 0xd4000000u);
}

TEST(Faults, FirstWordNamesTheByte) {
  Machine m;
  m.hart.set_reg(11, kRam - 3);
  EXPECT_TRUE(m.exec("lw", {.rd = 5, .rs1 = 11}).trap);
  EXPECT_EQ(m.csr(0x343), kRam - 3);
}

TEST(Faults, InstructionFetchNamesTheHalfword) {
  Machine m;
  m.hart.write_csr(0x305, kRam);
  m.hart.set_pc(kEnd);
  Retired r = m.hart.step();
  EXPECT_TRUE(r.trap);
  EXPECT_EQ(m.csr(0x342), 1u);
  EXPECT_EQ(m.csr(0x343), kEnd);
  m.ram.set_word(kEnd - 4, 0x00130000);  // the first half of addi in the last halfword
  m.hart.set_pc(kEnd - 2);
  r = m.hart.step();
  EXPECT_TRUE(r.trap);
  EXPECT_EQ(m.csr(0x343), kEnd);
  EXPECT_EQ(m.csr(0x341), kEnd - 2);
}

TEST(Faults, ReadOnlyMemoryRefusesStores) {
  std::vector<std::uint8_t> rom(64);
  Memory memory;
  memory.add_window({0x1000, 64, rom.data(), false});
  Hart hart(memory, Level::Rv32imc, 0, 0x1000);
  const std::uint32_t store = encode("sw", {.rs1 = 11, .rs2 = 12});
  std::memcpy(rom.data(), &store, 4);
  hart.set_reg(11, 0x1010);
  EXPECT_TRUE(hart.step().trap);
  EXPECT_EQ(hart.read_csr(0x342), 7u);
}

/// Remembers every access.
class Recorder : public Ram {
 public:
  struct Access {
    std::uint32_t address;
    unsigned bytes;
    std::uint32_t value;
    friend bool operator==(const Access&, const Access&) = default;
  };
  std::vector<Access> accesses;

 protected:
  bool device_load(std::uint32_t address, unsigned bytes, std::uint32_t& value) override {
    accesses.push_back({address, bytes, 0});
    value = 0x55667788 & (bytes == 4 ? ~0u : (1u << 8 * bytes) - 1);
    return true;
  }
  bool device_store(std::uint32_t address, unsigned bytes, std::uint32_t value) override {
    accesses.push_back({address, bytes, value});
    return true;
  }
};

TEST(Devices, SeeAccessesSplitAtWordsLowerFirst) {
  Recorder memory;
  Hart hart(memory, Level::Rv32imc, 0, kRam);
  memory.set_word(kRam, encode("sw", {.rs1 = 11, .rs2 = 12}));
  memory.set_word(kRam + 4, encode("lw", {.rd = 5, .rs1 = 11}));
  hart.set_reg(11, 0x1001);
  hart.set_reg(12, 0xa1b2c3d4);
  hart.step();
  EXPECT_EQ(memory.accesses,
            (std::vector<Recorder::Access>{{0x1001, 3, 0xb2c3d4}, {0x1004, 1, 0xa1}}));
  const Retired r = hart.step();
  EXPECT_EQ(r.rd_value, 0x88667788u);
  EXPECT_EQ(r.mem_rmask, 15);
}

}  // namespace
}  // namespace freebits::isa::test
