// SPDX-License-Identifier: Apache-2.0
// A gdb that misbehaves, at the other end of a socket.
#include "tb/observe/rsp_connection.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

namespace freebits::tb {
namespace {

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// As far as the other end takes it.
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

 private:
  int socket_;
};

TEST(RspConnection, TakesPacketsOutOfNoise) {
  RspConnection gdb(0);
  const Client client(gdb.port());
  ASSERT_TRUE(gdb.accept());
  client.send("+++noise#00$?#3f$bad#00$g#67");
  EXPECT_EQ(gdb.receive(), "?");
  EXPECT_EQ(gdb.receive(), "g");
}

TEST(RspConnection, TakesAPacketOfThePromisedSizeAndCutsOffLongerOnes) {
  for (const std::size_t excess : {0U, 1U}) {
    RspConnection gdb(0);
    const Client client(gdb.port());
    ASSERT_TRUE(gdb.accept());
    const std::string payload(RspConnection::kPacketSize - 4 + excess, '\0');
    client.send("$" + payload + "#00");
    EXPECT_EQ(gdb.receive().has_value(), excess == 0);
    EXPECT_EQ(gdb.connected(), excess == 0);
  }
}

TEST(RspConnection, CutsOffAPacketWithoutEnd) {
  RspConnection gdb(0);
  const Client client(gdb.port());
  std::thread sender([&client] {
    client.send("$");
    for (int i = 0; i < 1024; ++i) client.send(std::string(1 << 16, 'a'));
  });
  ASSERT_TRUE(gdb.accept());
  EXPECT_EQ(gdb.receive(), std::nullopt);
  EXPECT_FALSE(gdb.connected());
  sender.join();
}

TEST(RspConnection, CutsOffAClientThatFloodsIt) {
  RspConnection gdb(0);
  const Client client(gdb.port());
  std::thread sender([&client] {
    for (int i = 0; i < 1024; ++i) client.send(std::string(1 << 16, 'a'));
  });
  ASSERT_TRUE(gdb.accept());
  while (gdb.connected()) EXPECT_FALSE(gdb.interruption_requested());
  sender.join();
}

TEST(RspConnection, IsInterruptedWhileAClientReadsNothing) {
  RspConnection gdb(0);
  std::atomic<bool> interrupted = false;
  gdb.interrupt_with(&interrupted);
  const Client client(gdb.port());
  ASSERT_TRUE(gdb.accept());
  std::atomic<unsigned> sent = 0;
  std::thread stub([&] {
    while (!interrupted) {  // the socket's buffers are full sooner or later
      gdb.send(std::string(1 << 20, 'x'));
      ++sent;
    }
  });
  while (sent == 0) std::this_thread::yield();
  interrupted = true;
  stub.join();
  EXPECT_EQ(gdb.receive(), std::nullopt);
}

TEST(RspConnection, ServesOneClientAfterTheOther) {
  RspConnection gdb(0);
  EXPECT_FALSE(gdb.accept_waiting());
  {
    const Client first(gdb.port());
    ASSERT_TRUE(gdb.accept());
    first.send("$?#3f");
    EXPECT_EQ(gdb.receive(), "?");
  }
  EXPECT_EQ(gdb.receive(), std::nullopt);
  EXPECT_FALSE(gdb.connected());
  const Client second(gdb.port());
  ASSERT_TRUE(gdb.accept());
  second.send("$g#67");
  EXPECT_EQ(gdb.receive(), "g");
}

}  // namespace
}  // namespace freebits::tb
