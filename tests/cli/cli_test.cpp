// SPDX-License-Identifier: Apache-2.0
// The freebits program as a user meets it: exit codes, one-line errors, documents.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "program.hpp"

namespace freebits::test {
namespace {

TEST_F(Program, ExplainsItself) {
  EXPECT_EQ(run("--help").code, 0);
  EXPECT_NE(run("exec --help").out.find("--check"), std::string::npos);
  EXPECT_NE(run("--version").out.find("rtl"), std::string::npos);
}

TEST_F(Program, RefusesBadInputInOneLine) {
  exits_with(0).write(file("ok.elf"));
  std::ofstream(file("text")) << "text";
  expect_refusal("", "subcommand");
  expect_refusal("nonsense", "nonsense");
  expect_refusal("exec", "ELF");
  expect_refusal("exec " + file("missing.elf"), "No such file");
  expect_refusal("exec " + file("text"), "not an ELF file");
  expect_refusal("exec " + kCore + file("ok.elf") + " --isa rv64",
                 "one of rv32imc, xpulpv2, xpulpnn, mixed, flexv");
  expect_refusal("exec " + kCore + file("ok.elf") + " --model --check", "--model");
  expect_refusal("exec " + kCore + file("ok.elf") + " --memory 12", "BASE:SIZE");
  expect_refusal("exec " + kCore + file("ok.elf") + " --memory 0:0x1000", "lies outside memory");
  expect_refusal("exec " + kCore + file("ok.elf") + " --max-cycles 0", "at least 1");
  expect_refusal("exec " + kCore + file("ok.elf") + " --stall-probability 2", "between 0 and 0.95");
  expect_refusal("exec " + kCore + file("ok.elf") + " --json /nowhere/x.json",
                 "/nowhere does not exist");
  expect_refusal("exec " + kCore + file("ok.elf") + " --trace /nowhere/x.fst",
                 "/nowhere does not exist");
  expect_refusal("exec " + kCore + file("ok.elf") + " --bogus", "--bogus");
}

TEST_F(Program, PassesOnTheProgramsFailure) {
  exits_with(3).write(file("three.elf"));
  for (const char* how : {"", " --model", " --check"}) {
    const Outcome outcome = run("exec " + kCore + file("three.elf") + how);
    EXPECT_EQ(outcome.code, 1) << how;
    EXPECT_NE(outcome.err.find("program exited with code 3"), std::string::npos) << outcome.err;
  }
}

TEST_F(Program, WritesADocumentWhoseCyclesAddUp) {
  exits_with(0).write(file("ok.elf"));
  ASSERT_EQ(
      run("exec " + kCore + "--isa xpulpv2 " + file("ok.elf") + " --json " + file("r.json")).code,
      0);
  const auto json = nlohmann::json::parse(read(file("r.json")));
  EXPECT_EQ(json.at("schema").at("name"), "freebits.exec");
  EXPECT_EQ(json.at("exit_code"), 0);
  EXPECT_EQ(json.at("target").at("isa"), "xpulpv2");
  for (const char* name :
       {"freebits", "rtl_hash", "sw_hash", "seed", "wall_seconds", "simulated_cycles_per_second"}) {
    EXPECT_TRUE(json.contains(name)) << name;
  }
  const auto& core = json.at("cores").at(0);
  std::uint64_t sum = 0;
  for (const auto& [name, cycles] : core.at("accounting").items())
    sum += cycles.get<std::uint64_t>();
  EXPECT_EQ(sum, core.at("cycles"));
  EXPECT_EQ(sum, json.at("cycles"));
  EXPECT_EQ(core.at("accounting").size(), 8U);
  EXPECT_DOUBLE_EQ(core.at("cpi"),
                   core.at("cycles").get<double>() / core.at("instructions").get<double>());
}

TEST_F(Program, SendsTheDocumentToStandardOutputAlone) {
  exits_with(0).write(file("ok.elf"));
  const Outcome outcome = run("exec " + kCore + file("ok.elf") + " --json -");
  EXPECT_EQ(nlohmann::json::parse(outcome.out).at("exit_code"), 0);
}

TEST_F(Program, LogsEveryInstructionAndTracesTheWaves) {
  exits_with(0).write(file("ok.elf"));
  ASSERT_EQ(run("exec " + kCore + file("ok.elf") + " --instructions " + file("log") + " --trace " +
                file("t.fst"))
                .code,
            0);
  EXPECT_NE(read(file("log")).find("lui a0, 0x80000"), std::string::npos) << read(file("log"));
  EXPECT_EQ(leftovers(), 0) << "temporary files";
  EXPECT_GT(fs::file_size(file("t.fst")), 1000U);
}

TEST_F(Program, SaysSoWhenStandardOutputIsFull) {
  exits_with(0).write(file("ok.elf"));
  program_that_exits({addi(12, 10, 0x7ff), addi(12, 12, 1), addi(13, 0, 'o'), lui(14, 0x01010),
                      sw(13, 12, 0), sw(14, 12, 4)},
                     0)
      .write(file("prints.elf"));
  EXPECT_EQ(run("exec " + kCore + file("prints.elf")).out, "o");
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this machine";
  EXPECT_EQ(run("exec " + kCore + file("ok.elf") + " --json - >/dev/full; exit $?").code, 2);
  EXPECT_EQ(run("exec " + kCore + file("prints.elf") + " >/dev/full; exit $?").code, 2);
}

/// Files may not grow beyond some KiB: a full disk, for the program.
TEST_F(Program, LeavesNothingBehindOnAFullDisk) {
  program({addi(1, 1, 1), 0xffdff06f /* j . - 4 */}).write(file("loop.elf"));
  const auto cut_short = [this](const std::string& arguments) {
    return run("exec " + kCore + file("loop.elf") + " --max-cycles 120000 " + arguments,
               "trap '' XFSZ; ulimit -f 128; exec ");
  };
  Outcome outcome = cut_short("--instructions " + file("log"));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("log: File too large"), std::string::npos) << outcome.err;
  EXPECT_FALSE(fs::exists(file("log")));
  outcome = cut_short("--trace " + file("t.fst"));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("t.fst: the waveforms could not be written completely"),
            std::string::npos)
      << outcome.err;
  EXPECT_FALSE(fs::exists(file("t.fst")));
  EXPECT_EQ(leftovers(), 0);
}

TEST_F(Program, WritesThroughLinksAndPipes) {
  exits_with(0).write(file("ok.elf"));
  const std::string exec = "exec " + kCore + file("ok.elf") + " --json ";
  std::ofstream(file("real.json")) << "old";
  fs::create_symlink("real.json", file("link.json"));
  fs::create_symlink(file("later.json"), file("dangling.json"));
  EXPECT_EQ(run(exec + file("link.json")).code, 0);
  EXPECT_TRUE(fs::is_symlink(file("link.json")));
  EXPECT_EQ(nlohmann::json::parse(read(file("real.json"))).at("exit_code"), 0);
  EXPECT_EQ(run(exec + file("dangling.json")).code, 0);
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(file("later.json"))));

  ASSERT_EQ(::mkfifo(file("fifo").c_str(), 0600), 0);
  const Outcome piped = run(exec + file("fifo") + " & cat " + file("fifo") + "; wait; true");
  EXPECT_EQ(nlohmann::json::parse(piped.out).at("exit_code"), 0);
  EXPECT_TRUE(fs::is_fifo(file("fifo")));

  EXPECT_EQ(run(exec + "/dev/null --instructions /dev/null").code, 0);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  expect_refusal("exec " + kCore + file("ok.elf") + " --trace " + file("fifo"), "regular file");
  expect_refusal("exec " + kCore + file("ok.elf") + " --trace /dev/null", "regular file");
  EXPECT_EQ(leftovers(), 0);
}

TEST_F(Program, StopsAtOnceWhenInterruptedEvenWithWaveforms) {
  program({addi(1, 1, 1), 0xffdff06f /* j . - 4 */}).write(file("loop.elf"));
  const Outcome outcome = run("exec " + kCore + file("loop.elf") + " --trace " + file("t.fst"),
                              "timeout --preserve-status -s INT 1 ");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_NE(outcome.err.find("interrupted after"), std::string::npos) << outcome.err;
  EXPECT_GT(fs::file_size(file("t.fst")), 1000U);
}

}  // namespace
}  // namespace freebits::test
