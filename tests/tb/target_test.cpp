// SPDX-License-Identifier: Apache-2.0
#include "tb/targets/target.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "base/error.hpp"

namespace freebits::test {
namespace {

using tb::Target;

/// A whole target file; the tests spoil one line of it each.
std::string file(const std::string& wrong = "", const std::string& right = "") {
  std::string text = R"([target]
isa = "xpulpnn"
clock_mhz = 300

[cluster]
cores = 4
banks = 16
l1 = "64 KiB"

[icache]
size = 2048
ways = 2
banks = 2
fetch_buffer = "256 B"

[dma]
queue_depth = 4
read_ahead = 16

[l2]
size = "1.5 MiB"
latency = 6

[l3]
size = "8 MiB"
latency = 100
bytes_per_cycle = 0.5
burst = 512
burst_setup = 12
)";
  if (right.empty()) return text;
  const std::size_t at = text.find(right);
  EXPECT_NE(at, std::string::npos) << right;
  return text.replace(at, right.size(), wrong);
}

std::string error_of(const std::string& text) {
  try {
    (void)tb::parse_target(text, "chip.toml");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Target, ReadsEveryParameter) {
  const Target t = tb::parse_target(file(), "folder/chip.toml");
  EXPECT_EQ(t.name, "chip");
  EXPECT_EQ(t.level, isa::Level::XpulpNN);
  EXPECT_EQ(t.clock_mhz, 300.0);
  EXPECT_EQ(t.geometry, (tb::Geometry{4, 16, 64 << 10, 2048, 2, 2, 256, 4, 16}));
  EXPECT_EQ(t.l2.bytes, 1536U << 10);
  EXPECT_EQ(t.l2.latency, 6U);
  EXPECT_EQ(t.l3.bytes, 8U << 20);
  EXPECT_EQ(t.l3.latency, 100U);
  EXPECT_EQ(t.l3.bytes_per_cycle, 0.5);
  EXPECT_EQ(t.l3.burst_bytes, 512U);
  EXPECT_EQ(t.l3.burst_setup, 12U);
}

TEST(Target, NeedsIsaAndCoresOnly) {
  const Target t = tb::parse_target("[target]\nisa = 'mixed'\n[cluster]\ncores = 16\n", "a.toml");
  EXPECT_EQ(t.geometry.cores, 16U);
  EXPECT_EQ(t.geometry.banks, 32U);
  EXPECT_EQ(t.l2.bytes, 1536U << 10);
}

TEST(Target, MultipliesTheBankingFactorByTheCores) {
  const Target t = tb::parse_target(file("banking_factor = 8", "banks = 16"), "a.toml");
  EXPECT_EQ(t.geometry.banks, 32U);
  const Target one = tb::parse_target(
      "[target]\nisa = 'mixed'\n[cluster]\ncores = 1\nbanking_factor = 1\n", "a.toml");
  EXPECT_EQ(one.geometry.banks, 2U);
}

TEST(Target, SaysWhatIsWrongWhereAndWhatWouldBeRight) {
  struct Case {
    const char *wrong, *right, *message;
  };
  const Case cases[] = {
      {"isa = \"rv64\"", "isa = \"xpulpnn\"",
       "chip.toml:2: [target] isa is 'rv64'; expected one of rv32imc, xpulpv2, xpulpnn, mixed, "
       "flexv"},
      {"", "isa = \"xpulpnn\"\n", "chip.toml:1: missing key 'isa' in [target]; expected a string"},
      {"isa = 3", "isa = \"xpulpnn\"", "chip.toml:2: [target] isa: expected a string"},
      {"clock_mhz = \"fast\"", "clock_mhz = 300",
       "chip.toml:3: [target] clock_mhz: expected a number"},
      {"clock_mhz = nan", "clock_mhz = 300",
       "chip.toml:3: [target] clock_mhz: expected a finite number"},
      {"clock_mhz = 0", "clock_mhz = 300",
       "chip.toml:3: [target] clock_mhz is 0; expected 0.001 to 100000"},
      {"", "cores = 4\n", "chip.toml:5: missing key 'cores' in [cluster]; expected an integer"},
      {"cores = 4.0", "cores = 4", "chip.toml:6: [cluster] cores: expected an integer"},
      {"cores = 3", "cores = 4",
       "chip.toml:6: [cluster] cores is 3; expected a power of two from 1 to 16"},
      {"cores = 32", "cores = 4",
       "chip.toml:6: [cluster] cores is 32; expected a power of two from 1 to 16"},
      {"cores = -4", "cores = 4", "chip.toml:6: [cluster] cores is -4; expected 0 to 4294967295"},
      {"banks = 12", "banks = 16",
       "chip.toml:7: [cluster] banks is 12; expected a power of two from 2 to 64"},
      {"banking_factor = 3", "banks = 16",
       "chip.toml:7: [cluster] banks is 12; expected a power of two from 2 to 64"},
      {"banks = 8\nbanking_factor = 2", "banks = 16",
       "chip.toml:8: [cluster] has banks and banking_factor; expected one of them"},
      {"l1 = \"2 MiB\"", "l1 = \"64 KiB\"",
       "chip.toml:8: [cluster] l1 is 2097152; expected a power of two from 4096 to 1048576"},
      {"l1 = \"96 KiB\"", "l1 = \"64 KiB\"",
       "chip.toml:8: [cluster] l1 is 98304; expected a power of two from 4096 to 1048576"},
      {"l1 = \"64 kB\"", "l1 = \"64 KiB\"",
       "chip.toml:8: [cluster] l1: expected bytes, as an integer or like \"128 KiB\" or \"8 MiB\""},
      {"l1 = [1]", "l1 = \"64 KiB\"",
       "chip.toml:8: [cluster] l1: expected bytes, as an integer or like \"128 KiB\" or \"8 MiB\""},
      {"banks = 32\nl1 = \"4 KiB\"", "banks = 16\nl1 = \"64 KiB\"",
       "chip.toml:8: [cluster] l1: 4096 bytes in 32 banks make 32 words a bank; expected at least "
       "64, so an l1 of at least 8 KiB or fewer banks"},
      {"size = 3000", "size = 2048",
       "chip.toml:11: [icache] size is 3000; expected a power of two from 256 to 262144"},
      {"size = 256\nways = 8", "size = 2048\nways = 2",
       "chip.toml:11: [icache] size: 256 bytes in 2 banks of 8 ways make fewer than 2 sets of "
       "16-byte lines; expected at least 512 bytes, or fewer banks or ways"},
      {"ways = 3", "ways = 2",
       "chip.toml:12: [icache] ways is 3; expected a power of two from 1 to 16"},
      {"fetch_buffer = 128", "fetch_buffer = \"256 B\"",
       "chip.toml:14: [icache] fetch_buffer is 128; expected a power of two from 256 to 4096"},
      {"queue_depth = 1", "queue_depth = 4",
       "chip.toml:17: [dma] queue_depth is 1; expected a power of two from 2 to 64"},
      {"read_ahead = 2", "read_ahead = 16",
       "chip.toml:18: [dma] read_ahead is 2; expected a power of two from 4 to 256"},
      {"size = 1000", "size = \"1.5 MiB\"",
       "chip.toml:21: [l2] size is 1000 bytes; expected a multiple of 16 from 16 to 256 MiB"},
      {"size = \"8 GiB\"", "size = \"1.5 MiB\"",
       "chip.toml:21: [l2] size is 8589934592; expected 0 to 4294967295"},
      {"latency = 0", "latency = 6", "chip.toml:22: [l2] latency is 0; expected 1 to 10000"},
      {"bytes_per_cycle = 100", "bytes_per_cycle = 0.5",
       "chip.toml:27: [l3] bytes_per_cycle is 100; expected 0.0009765625 to 8"},
      {"burst = 4", "burst = 512",
       "chip.toml:28: [l3] burst is 4; expected a power of two from 8 to 1048576"},
      {"read_behind = 2", "read_ahead = 16",
       "chip.toml:18: unknown key 'read_behind' in [dma]; expected queue_depth, read_ahead"},
      {"[l4]", "[l3]",
       "chip.toml:24: unknown section 'l4'; expected the sections [cluster], [dma], [icache], "
       "[l2], "
       "[l3], [target]"},
      {"cores = 4\ncores = 4", "cores = 4", "chip.toml:7: not TOML: "},
      {"cores == 4", "cores = 4", "chip.toml:6: not TOML: "},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(error_of(file(c.wrong, c.right)).substr(0, std::string(c.message).size()), c.message);
  }
  EXPECT_EQ(error_of("l3 = 1\n" + file("",
                                       "[l3]\nsize = \"8 MiB\"\nlatency = 100\nbytes_per_cycle "
                                       "= 0.5\nburst = 512\nburst_setup = 12\n")),
            "chip.toml:1: 'l3' is a value; expected a section [l3]");
}

TEST(Target, ComesBackFromToml) {
  Target t = tb::parse_target(file(), "chip.toml");
  t.name = "a \"name\"";
  const Target back = tb::parse_target(tb::to_toml(t), "other.toml");
  EXPECT_EQ(tb::to_toml(back), tb::to_toml(t));
  EXPECT_EQ(back.name, t.name);
  EXPECT_EQ(back.geometry, t.geometry);
  EXPECT_EQ(back.l3.bytes_per_cycle, t.l3.bytes_per_cycle);
}

TEST(Target, HashTellsEveryParameterButNotTheName) {
  const Target t = tb::parse_target(file(), "chip.toml");
  EXPECT_EQ(tb::target_hash(t).size(), 16U);
  EXPECT_EQ(tb::target_hash(tb::parse_target(file(), "other.toml")), tb::target_hash(t));
  std::set<std::string> hashes = {tb::target_hash(t)};
  const std::pair<const char*, const char*> changes[] = {
      {"isa = \"mixed\"", "isa = \"xpulpnn\""},
      {"clock_mhz = 301", "clock_mhz = 300"},
      {"cores = 8", "cores = 4"},
      {"banks = 8", "banks = 16"},
      {"l1 = 32768", "l1 = \"64 KiB\""},
      {"size = 4096", "size = 2048"},
      {"ways = 4", "ways = 2"},
      {"banks = 4", "banks = 2"},
      {"fetch_buffer = 512", "fetch_buffer = \"256 B\""},
      {"queue_depth = 8", "queue_depth = 4"},
      {"read_ahead = 32", "read_ahead = 16"},
      {"size = 1024", "size = \"1.5 MiB\""},
      {"latency = 7", "latency = 6"},
      {"size = 1024", "size = \"8 MiB\""},
      {"latency = 101", "latency = 100"},
      {"bytes_per_cycle = 0.6", "bytes_per_cycle = 0.5"},
      {"burst = 256", "burst = 512"},
      {"burst_setup = 13", "burst_setup = 12"}};
  for (const auto& [to, from] : changes) {
    EXPECT_TRUE(hashes.insert(tb::target_hash(tb::parse_target(file(to, from), "c.toml"))).second)
        << to;
  }
}

TEST(Target, ShipsOnePerIsaLevel) {
  EXPECT_EQ(tb::shipped_targets(),
            (std::vector<std::string>{"rv32imc", "xpulpv2", "xpulpnn", "mixed", "flexv"}));
  for (const std::string& name : tb::shipped_targets()) {
    const Target t = tb::load_target(name);
    EXPECT_EQ(t.name, name);
    EXPECT_EQ(isa::name(t.level), name);
    EXPECT_EQ(t.geometry, tb::Geometry{});
  }
}

TEST(Target, IsFoundByNameOrPath) {
  const auto path = std::filesystem::path(testing::TempDir()) / "mine.toml";
  std::ofstream(path) << file();
  EXPECT_EQ(tb::load_target(path.string()).name, "mine");
  const auto error = [](const std::string& name) -> std::string {
    try {
      (void)tb::load_target(name);
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_EQ(error("flexvv"),
            "target flexvv: no such target; expected one of rv32imc, xpulpv2, xpulpnn, mixed, "
            "flexv, or the path of a .toml file");
  EXPECT_EQ(error("nowhere/chip.toml"),
            "nowhere/chip.toml: cannot be opened: No such file or directory; expected a target "
            "file, or the "
            "name of a target: "
            "rv32imc, xpulpv2, xpulpnn, mixed, flexv");
  EXPECT_NE(error(testing::TempDir()).find("cannot be read"), std::string::npos);
}

TEST(Target, ValidateJudgesWhatACallerHasPutTogether) {
  Target t;
  EXPECT_NO_THROW(tb::validate(t));
  t.geometry.cores = 5;
  EXPECT_THROW(tb::validate(t), Error);
}

}  // namespace
}  // namespace freebits::test
