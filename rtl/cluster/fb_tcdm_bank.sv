// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// One bank of L1: a single-port memory of 32-bit words with byte enables. A test-and-set reads the
// word and sets the enabled bytes to all ones in the same access. rdata_o is the word before the
// access, in the next cycle.
module fb_tcdm_bank #(
  parameter int Words = 2048
) (
  input  wire                      clk_i,
  input  wire                      req_i,
  input  wire                      write_i,   // store or test-and-set
  input  wire  [3:0]               be_i,
  input  wire  [$clog2(Words)-1:0] addr_i,
  input  wire  [31:0]              wdata_i,   // all ones for test-and-set
  output logic [31:0]              rdata_o
);

  logic [31:0] mem_q [Words];

  always_ff @(posedge clk_i) begin
    if (req_i) begin
      rdata_o <= mem_q[addr_i];
      if (write_i) begin
        mem_q[addr_i] <= mem_q[addr_i] ^ ((mem_q[addr_i] ^ wdata_i) &
            {{8{be_i[3]}}, {8{be_i[2]}}, {8{be_i[1]}}, {8{be_i[0]}}});
      end
    end
  end

endmodule

`default_nettype wire
