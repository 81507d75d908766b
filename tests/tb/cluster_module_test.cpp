// SPDX-License-Identifier: Apache-2.0
// Two clusters in one SystemC simulation, with an L2 they share and lines of their own. (SystemC
// elaborates once in a process: one platform, one test.)
#include "tb/systemc/cluster_module.hpp"

#include <gtest/gtest.h>

#include "cluster_programs.hpp"

namespace freebits::test {
namespace {

constexpr std::uint32_t kMessage = n::L2Base + 0x8000, kAnswer = kMessage + 0x40;
constexpr std::uint32_t kFirst = n::L2Base, kSecond = n::L2Base + 0x1000;

/// Core 0 stores a message, then sleeps until outside line 1 rises and stores what it finds.
Program asks() {
  Program p(kFirst);
  p.op("csrrs", {.rd = kHart, .imm = kMhartid});
  p.li(kL1, n::L1Base).li(kEu, n::EventUnitBase).li(kA, kMessage).li(kB, 4711);
  p.to("asleep", "bne", {.rs1 = kHart, .rs2 = 0});
  p.op("sw", {.rs1 = kA, .rs2 = kB, .imm = 0});
  p.li(kC, 1U << (n::EventOutside + 1));
  p.op("sw", {.rs1 = kEu, .rs2 = kC, .imm = static_cast<std::int32_t>(n::EuMask)});
  elw(p, kD, n::EuWaitClear);
  p.op("lw", {.rd = kB, .rs1 = kA, .imm = 0x40});
  p.op("sw", {.rs1 = kL1, .rs2 = kB, .imm = 0});
  return sleep_for_ever(p);
}

/// Core 0 polls for the message and answers with one more.
Program answers() {
  Program p(kSecond);
  p.op("csrrs", {.rd = kHart, .imm = kMhartid});
  p.li(kA, kMessage);
  p.to("asleep", "bne", {.rs1 = kHart, .rs2 = 0});
  p.label("poll").op("lw", {.rd = kB, .rs1 = kA, .imm = 0});
  p.to("poll", "beq", {.rs1 = kB, .rs2 = 0});
  p.op("addi", {.rd = kB, .rs1 = kB, .imm = 1});
  p.op("sw", {.rs1 = kA, .rs2 = kB, .imm = 0x40});
  return sleep_for_ever(p);
}

/// Raises a line when the answer has reached L2.
struct Doorbell : sc_core::sc_module {
  Doorbell(sc_core::sc_module_name name, tb::ClusterModule& cluster) : sc_module(name) {
    sc_core::sc_spawn([this, &cluster] {
      sc_core::wait(cluster.stored());
      rung_at = sc_core::sc_time_stamp();
      sc_core::wait(10, sc_core::SC_US);
      line.write(true);
    });
  }
  sc_core::sc_out<bool> line{"line"};
  sc_core::sc_time rung_at;
};

TEST(ClusterModule, TwoShareAMemoryAndALine) {
  tb::Target two = tb::load_target("flexv"), four = two;
  two.geometry.cores = 2;
  two.geometry.banks = 4;
  four.geometry.cores = 4;
  four.geometry.banks = 8;
  tb::ClusterModule first("first", two), second("second", four);
  tb::MemoryModule memory("memory", two);
  sc_core::sc_signal<bool> transferred, rung;
  first.outside.bind(memory.port);
  second.outside.bind(memory.port);
  memory.transferred(transferred);
  Doorbell bell("bell", second);
  bell.line(rung);
  first.events[1](rung);

  // A debugger's way into L1.
  struct Debugger : sc_core::sc_module {
    explicit Debugger(sc_core::sc_module_name name) : sc_module(name) {}
    tlm_utils::simple_initiator_socket<Debugger, 64> socket{"socket"};
  } debugger("debugger");
  debugger.socket.bind(first.memory);

  ASSERT_TRUE(memory.write(kFirst, asks().bytes()));
  ASSERT_TRUE(memory.write(kSecond, answers().bytes()));
  second.cluster().watch(kAnswer);
  first.start(kFirst);
  second.start(kSecond);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_core::sc_start(100, sc_core::SC_US);

  EXPECT_GT(bell.rung_at, sc_core::SC_ZERO_TIME);
  EXPECT_LT(bell.rung_at, sc_core::sc_time(1, sc_core::SC_US));
  EXPECT_EQ(read_word(first.cluster(), n::L1Base), 4712U);
  // It slept through the ten microseconds and woke for them: no cycle is lost or invented.
  EXPECT_EQ(second.cluster().take_stored(), kAnswer);

  std::uint32_t word = 0;
  tlm::tlm_generic_payload payload;
  payload.set_read();
  payload.set_address(n::L1Base);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
  payload.set_data_length(4);
  payload.set_streaming_width(4);
  EXPECT_EQ(debugger.socket->transport_dbg(payload), 4U);
  EXPECT_EQ(word, 4712U);
  payload.set_address(n::L2Base);
  EXPECT_EQ(debugger.socket->transport_dbg(payload), 0U) << "not behind this socket";
}

}  // namespace
}  // namespace freebits::test
