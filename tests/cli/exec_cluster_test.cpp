// SPDX-License-Identifier: Apache-2.0
// `freebits exec` on the cluster, and what else is about targets.
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace freebits::test {
namespace {

constexpr std::int32_t kMhartid = 0xf14;
constexpr std::uint32_t kSpin = 0xffdff06f;  // j . - 4

std::uint32_t csrr(std::uint8_t rd, std::int32_t csr) {
  return word("csrrs", {.rd = rd, .imm = csr});
}
std::uint32_t beq(std::uint8_t rs1, std::uint8_t rs2, std::int32_t offset) {
  return word("beq", {.rs1 = rs1, .rs2 = rs2, .imm = offset});
}
std::uint32_t elw(std::uint8_t rd, std::uint8_t base, std::int32_t offset) {
  return word("cv.elw", {.rd = rd, .rs1 = base, .imm = offset});
}

class Cluster : public Program {
 protected:
  [[nodiscard]] Outcome exec(const TinyElf& elf, const std::string& options = "") const {
    in_l2(elf).write(file("program.elf"));
    return run("exec " + file("program.elf") + " " + options);
  }
  [[nodiscard]] nlohmann::json document(const TinyElf& elf, const std::string& options = "") const {
    EXPECT_NE(exec(elf, options + " --json " + file("r.json")).code, 2);
    return nlohmann::json::parse(read(file("r.json")));
  }
  void expect_failure(const Outcome& outcome, std::initializer_list<std::string> parts) const {
    EXPECT_EQ(outcome.code, 1);
    for (const std::string& part : parts) {
      EXPECT_NE(outcome.err.find(part), std::string::npos) << part << "\nin: " << outcome.err;
    }
  }
};

TEST_F(Cluster, PassesOnTheProgramsExitCode) {
  EXPECT_EQ(exec(exits_with(0)).code, 0);
  expect_failure(exec(exits_with(3)), {"program exited with code 3"});
  expect_failure(exec(exits_with(3), "--check"), {"program exited with code 3"});
}

TEST_F(Cluster, PrintsANegativeExitCodeAsSuch) {
  expect_failure(exec(exits_with(-1)), {"program exited with code -1\n"});
  EXPECT_EQ(document(exits_with(-1)).at("exit_code"), -1);
}

TEST_F(Cluster, NamesTheTestOfRiscvTestsThatFailed) {
  TinyElf elf = exits_with(7);
  EXPECT_EQ(exec(elf).err.find("test 7"), std::string::npos) << "any program may exit with 7";
  elf.symbols.emplace_back("write_tohost", elf.address);
  expect_failure(exec(elf), {"program exited with code 7: test 7 failed\n"});
  elf.symbols.emplace_back("test_7", elf.address + 4);
  expect_failure(exec(elf), {"program exited with code 7: test 7 failed (test_7 at 0x1c000004)\n"});
  expect_failure(run("exec " + kCore + file("program.elf")), {"code 7: test 7 failed (test_7 at"});
}

TEST_F(Cluster, EndsWithASemihostingExit) {
  // Core 5 reports reason 0x20026 and code 7 in a block at 0x1c000900; the others sleep.
  const auto elf = program({csrr(5, kMhartid), addi(6, 0, 5), bne(5, 6, 4 * 12),
                            addi(12, 10, 0x480), addi(11, 12, 0x480), lui(13, 0x20),
                            addi(13, 13, 0x26), sw(13, 11, 0), addi(14, 0, 7), sw(14, 11, 4),
                            addi(10, 0, 0x20), 0x01f01013, 0x00100073, 0x40705013, kLoopForever});
  for (const char* how : {"", "--check"})
    expect_failure(exec(elf, how), {"program exited with code 7\n"});
}

TEST_F(Cluster, RunsProgramsInL3) {
  exits_with(4).write(file("l3.elf"));
  expect_failure(run("exec " + file("l3.elf")), {"program exited with code 4"});
}

TEST_F(Cluster, StopsSoonWhenInterrupted) {
  in_l2(program({addi(1, 1, 1), kSpin})).write(file("spin.elf"));
  const Outcome outcome = run("exec " + file("spin.elf"), "timeout --preserve-status -s INT 2 ");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_NE(outcome.err.find("interrupted after"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("runs at pc 0x1c00000"), std::string::npos) << outcome.err;
}

TEST_F(Cluster, WritesADocumentWhoseCyclesAddUpForEveryCore) {
  const nlohmann::json json = document(exits_with(0), "--isa xpulpv2");
  EXPECT_EQ(json.at("schema").at("name"), "freebits.exec");
  EXPECT_EQ(json.at("exit_code"), 0);
  const auto& target = json.at("target");
  EXPECT_EQ(target.at("name"), "flexv");
  EXPECT_EQ(target.at("isa"), "xpulpv2");
  EXPECT_EQ(target.at("cores"), 8);
  EXPECT_EQ(target.at("banks"), 16);
  EXPECT_EQ(target.at("hash").get<std::string>().size(), 16U);
  for (const char* name :
       {"freebits", "rtl_hash", "sw_hash", "seed", "wall_seconds", "simulated_cycles_per_second"}) {
    EXPECT_TRUE(json.contains(name)) << name;
  }
  ASSERT_EQ(json.at("cores").size(), 8U);
  for (const auto& core : json.at("cores")) {
    std::uint64_t sum = 0;
    for (const auto& [name, cycles] : core.at("accounting").items())
      sum += cycles.get<std::uint64_t>();
    EXPECT_EQ(sum, json.at("cycles"));
    EXPECT_EQ(core.at("accounting").size(), 8U);
    EXPECT_GT(core.at("instructions"), 0);
  }
}

TEST_F(Cluster, PrintsWhatAnyCoreWrites) {
  // Core 5 prints, all exit: the others later.
  const TinyElf elf =
      program_that_exits({csrr(5, kMhartid), addi(6, 0, 5), bne(5, 6, 6 * 4), addi(12, 10, 0x7ff),
                          addi(13, 0, 'o'), lui(14, 0x01010), sw(13, 12, 1), sw(14, 12, 5),
                          addi(7, 0, 200), addi(7, 7, -1), bne(7, 0, -4)},
                         0);
  const Outcome outcome = exec(elf);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, "o");
}

TEST_F(Cluster, TakesTheSameCyclesWhoeverLooksOn) {
  const auto cycles = document(exits_with(0)).at("cycles");
  for (const std::string& option :
       {std::string("--check"), "--instructions " + file("log"), "--trace " + file("t.fst")}) {
    EXPECT_EQ(document(exits_with(0), option).at("cycles"), cycles) << option;
  }
}

TEST_F(Cluster, LogsTheInstructionsOfEveryCore) {
  ASSERT_EQ(exec(exits_with(0), "--instructions " + file("log")).code, 0);
  const std::string log = read(file("log"));
  EXPECT_NE(log.find("#   cycle  core        pc"), std::string::npos);
  EXPECT_NE(log.find("     0  1c000000  1c000537  lui a0, 0x1c000"), std::string::npos) << log;
  EXPECT_NE(log.find("     7  1c000000  1c000537  lui a0, 0x1c000"), std::string::npos) << log;
}

TEST_F(Cluster, TracesAWindow) {
  TinyElf elf = program_that_exits({addi(7, 0, 500), addi(7, 7, -1), bne(7, 0, -4)}, 0);
  elf.symbols.emplace_back("after", elf.address + 4 * 4);
  ASSERT_EQ(exec(elf, "--trace " + file("all.fst")).code, 0);
  ASSERT_EQ(exec(elf, "--trace " + file("end.fst") + " --trace-from after").code, 0);
  ASSERT_EQ(exec(elf, "--trace " + file("few.fst") + " --trace-from 100 --trace-to 110").code, 0);
  EXPECT_LT(fs::file_size(file("end.fst")), fs::file_size(file("all.fst")));
  EXPECT_LT(fs::file_size(file("few.fst")), fs::file_size(file("all.fst")));
  const std::string trace = "exec " + file("program.elf") + " --trace " + file("no.fst");
  expect_refusal(trace + " --trace-from nowhere", "no such symbol");
  expect_refusal(trace + " --trace-from 12x", "expected a cycle number or a symbol");
  expect_refusal(trace + " --trace-from tohost", "no core executes the instruction at 0x1c000800");
  expect_refusal(trace + " --trace-from 100 --trace-to 50", "lies before --trace-from");
  expect_refusal("exec " + file("program.elf") + " --trace-from 100", "--trace FILE");
}

TEST_F(Cluster, RefusesWhatItCannotDo) {
  in_l2(exits_with(0)).write(file("ok.elf"));
  const std::string ok = "exec " + file("ok.elf");
  expect_refusal(ok + " --memory 0:0x1000", "--target core");
  expect_refusal(ok + " --stall-probability 0.1", "--target core");
  expect_refusal(ok + " --seed 3", "--target core");
  expect_refusal(ok + " --cores 3", "must be 1, 2, 4, 8 or 16");
  expect_refusal(ok + " --target rv32imc --isa flexv", "above the level of target rv32imc");
  expect_refusal(ok + " --target nothing", "nothing");
  expect_refusal(ok + " --target core --cores 2", "--cores 2");
  expect_refusal(ok + " --model --target flexv", "--model");
  expect_refusal(ok + " --target core --trace-from 3", "only on a cluster");
  TinyElf nowhere = exits_with(0);
  nowhere.address = 0x40000000;
  nowhere.write(file("nowhere.elf"));
  expect_refusal("exec " + file("nowhere.elf"), "lies outside the memories of target flexv");
  nowhere.address = 0x00010000;
  nowhere.symbols = {};
  nowhere.write(file("low.elf"));
  expect_refusal("exec " + file("low.elf"),
                 "lies outside the memories of target flexv: L1 0x10000000 (+128 KiB), L2 "
                 "0x1c000000 (+1536 KiB), L3 0x80000000 (+8192 KiB); --target core (one core with "
                 "ideal memory) has memory there");
  expect_refusal(ok + " --trace " + file("wave.VCD"),
                 "waveforms are written as FST, not as vcd; name it " + file("wave.fst"));
  TinyElf elf = in_l2(exits_with(0));
  elf.symbols[0].second = 0x10000100;
  elf.write(file("l1.elf"));
  expect_refusal("exec " + file("l1.elf"), "tohost at 0x10000100 lies outside L2 and L3");
}

TEST_F(Cluster, NamesADeadlockAndWhoWaitsOnWhat) {
  // Core 3 waits for an event nobody sends, the others at barrier 2 for it.
  expect_failure(exec(program({csrr(5, kMhartid), addi(6, 0, 3), lui(7, 0x10200), beq(5, 6, 8),
                               elw(8, 7, 0x128), elw(8, 7, 0x10), kLoopForever})),
                 {"deadlock", "core 3", "barrier 2"});
}

TEST_F(Cluster, NamesADeadlockAtLevelsWhoseCoresCannotSleep) {
  // Event 0, which nobody sends.
  const std::uint32_t mask = addi(8, 0, 1);
  expect_failure(exec(program({lui(7, 0x10200), mask, sw(8, 7, 0), lw(8, 7, 0x10), kLoopForever}),
                      "--isa rv32imc"),
                 {"deadlock in cycle", "cores 0-7: waits for an event: software 0"});
  for (const char* how : {"", "--check"}) {
    expect_failure(exec(program({lui(7, 0x10200), lw(8, 7, 0x10), kLoopForever}), how),
                   {"deadlock in cycle", "cores 0-7: waits for an event: no event (MASK is 0)"});
  }
}

TEST_F(Cluster, NamesATrapWithoutHandlerAndItsCore) {
  // Core 2 loads from nowhere, the others wait for it at barrier 0.
  const TinyElf elf = program({csrr(5, kMhartid), addi(6, 0, 2), lui(7, 0x10200), bne(5, 6, 8),
                               lw(8, 0, 64), elw(8, 7, 0x108), kLoopForever});
  for (const char* how : {"", "--check"}) {
    expect_failure(exec(elf, how), {"core 2: load access fault (mcause 5, mtval 0x00000040) at pc "
                                    "0x1c000014: lw s0, 0x40(zero); no trap handler"});
  }
}

TEST_F(Cluster, NamesEndlessLoops) {
  for (const char* how : {"", "--check"}) {
    expect_failure(exec(program({kLoopForever}), std::string("--max-cycles 150000 ") + how),
                   {"cores 0-7: endless loop at pc 0x1c000004"});
  }
}

TEST_F(Cluster, NoticesByItselfThatAProgramGoesRoundInCircles) {
  // A handler that faults past its first instruction: neither silent nor at one place.
  expect_failure(exec(program({addi(5, 10, 5 * 4), csrrw(0, 0x305, 5), kEcall, kLoopForever,
                               addi(6, 6, 0), lw(7, 0, 64), kMret}),
                      "--cores 1"),
                 {"core 0: environment call", "trap loop", "load access fault"});
}

TEST_F(Cluster, SaysWhereTheCoresStandAtTheLimit) {
  expect_failure(exec(program({addi(1, 1, 1), kSpin}), "--max-cycles 20000"),
                 {"not finished after 20000 cycles", "--max-cycles"});
}

TEST_F(Cluster, ListsItsTargets) {
  const Outcome list = run("targets");
  EXPECT_EQ(list.code, 0);
  for (const char* name : {"rv32imc", "xpulpv2", "xpulpnn", "mixed", "flexv", "core"}) {
    EXPECT_NE(list.out.find(name), std::string::npos) << list.out;
  }
  std::ofstream(file("mine.toml")) << run("targets flexv").out;
  in_l2(exits_with(0)).write(file("ok.elf"));
  EXPECT_EQ(run("exec --target " + file("mine.toml") + " " + file("ok.elf")).code, 0);
  expect_refusal("targets nothing", "nothing");
}

TEST_F(Cluster, MeasuresItsOwnSpeed) {
  in_l2(exits_with(0)).write(file("ok.elf"));
  const Outcome outcome = run("bench simulation --cores 8 --seconds 0.01 --host-instructions " +
                              file("ok.elf") + " --json " + file("b.json"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const auto result = nlohmann::json::parse(read(file("b.json"))).at("results").at(0);
  EXPECT_EQ(result.at("workload"), "ok");
  EXPECT_EQ(result.at("cores"), 8);
  EXPECT_GT(result.at("simulated_cycles_per_second"), 0);
  const auto& host = result.at("host_instructions_per_cycle");
  EXPECT_TRUE(host.is_null() || host.get<double>() > 0);
  in_l2(exits_with(1)).write(file("fails.elf"));
  expect_refusal("bench simulation --cores 8 " + file("fails.elf"), "must run to its end");
  expect_refusal("bench simulation --cores 5 " + file("ok.elf"), "must be 1, 2, 4, 8 or 16");
  expect_refusal("bench simulation --seconds 0 " + file("ok.elf"), "more than 0");
  expect_refusal("bench simulation " + file("missing.elf"), "No such file");
}

}  // namespace
}  // namespace freebits::test
