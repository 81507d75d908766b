// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Arithmetic-logic unit: whole-word, 16-, 8-, 4- and 2-bit lanes. Combinational.
//
// One adder serves addition, subtraction, averages, comparisons, minimum, maximum and absolute
// value at every lane width: the lanes' top bits (mask `top`) are kept out of the carry chain and
// added without carry. One right shifter, bit-reversed for left shifts, serves shifts at every
// width, rotation, bit fields and bit reversal.
module fb_alu #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  wire                       valid_i,    // results are looked at
  input  wire fb_core_pkg::alu_op_e op_i,
  input  wire fb_core_pkg::vec_e    vec_i,
  input  wire  [31:0]               a_i,
  input  wire  [31:0]               b_i,
  input  wire  [31:0]               c_i,
  input  wire  [4:0]                len_i,
  input  wire  [4:0]                pos_i,
  output logic [31:0]               result_o,
  output logic                      cmp_o      // the comparison on the whole word holds (branches)
);

  localparam bit Corev   = IsaLevel >= fb_isa_pkg::LevelXpulpV2;
  localparam bit SubByte = IsaLevel >= fb_isa_pkg::LevelXpulpNN;

  // Lane width without what the level cannot use.
  logic [2:0] vec;
  assign vec = !Corev ? fb_core_pkg::VecNone :
               !SubByte && (vec_i == fb_core_pkg::VecNibble || vec_i == fb_core_pkg::VecCrumb)
                     ? fb_core_pkg::VecNone : vec_i;

  // ---- what the operation needs of the shared parts ----
  // Conditions below skip what no selected operation needs: they cost simulation no time then, and
  // synthesis no gates (the results are not looked at).
  typedef struct packed {
    logic adds;         // adder, with a + b or …
    logic subtract;     // … a - b
    logic compares;     // lanes' comparison with …
    logic is_signed;    // … signed lanes
    logic shifts;       // shifter, for
    logic is_left;      // … Sll and fields that move up
    logic is_field;     // … amounts from pos
    logic is_normal;    // … the sum, amounts from len
    logic is_arithmetic;
    logic fields;       // bit-field masks
    logic lanes;        // access to one lane
    logic shuffles;
    logic scans;        // leading or trailing zeros
    logic counts;       // population count
  } parts_t;
  parts_t parts;
  always_comb begin
    parts = '0;
    if (valid_i) unique case (op_i)
      fb_core_pkg::AluAdd, fb_core_pkg::AluAvg, fb_core_pkg::AluAvgu: parts.adds = 1'b1;
      fb_core_pkg::AluSub, fb_core_pkg::AluAbs: begin
        parts.adds     = 1'b1;
        parts.subtract = 1'b1;
      end
      fb_core_pkg::AluEq, fb_core_pkg::AluNe, fb_core_pkg::AluLtu, fb_core_pkg::AluLeu,
      fb_core_pkg::AluGtu, fb_core_pkg::AluGeu, fb_core_pkg::AluMinu, fb_core_pkg::AluMaxu: begin
        parts.adds     = 1'b1;
        parts.subtract = 1'b1;
        parts.compares = 1'b1;
      end
      fb_core_pkg::AluLt, fb_core_pkg::AluLe, fb_core_pkg::AluGt, fb_core_pkg::AluGe,
      fb_core_pkg::AluMin, fb_core_pkg::AluMax, fb_core_pkg::AluClip, fb_core_pkg::AluClipu: begin
        parts.adds      = 1'b1;
        parts.subtract  = 1'b1;
        parts.compares  = 1'b1;
        parts.is_signed = 1'b1;
      end
      fb_core_pkg::AluSrl: parts.shifts = 1'b1;
      fb_core_pkg::AluSra: begin
        parts.shifts        = 1'b1;
        parts.is_arithmetic = 1'b1;
      end
      fb_core_pkg::AluSll: begin
        parts.shifts  = 1'b1;
        parts.is_left = 1'b1;
      end
      fb_core_pkg::AluAddN, fb_core_pkg::AluAddRN, fb_core_pkg::AluSubN, fb_core_pkg::AluSubRN,
      fb_core_pkg::AluAdduN, fb_core_pkg::AluAdduRN, fb_core_pkg::AluSubuN,
      fb_core_pkg::AluSubuRN: begin
        parts.adds          = 1'b1;
        parts.subtract      = op_i == fb_core_pkg::AluSubN || op_i == fb_core_pkg::AluSubRN ||
                              op_i == fb_core_pkg::AluSubuN || op_i == fb_core_pkg::AluSubuRN;
        parts.shifts        = Corev;
        parts.is_normal     = Corev;
        parts.is_arithmetic = op_i == fb_core_pkg::AluAddN || op_i == fb_core_pkg::AluAddRN ||
                              op_i == fb_core_pkg::AluSubN || op_i == fb_core_pkg::AluSubRN;
      end
      fb_core_pkg::AluExtract, fb_core_pkg::AluExtractu: begin
        parts.shifts   = Corev;
        parts.is_field = Corev;
        parts.fields   = 1'b1;
      end
      fb_core_pkg::AluInsert: begin
        parts.shifts   = Corev;
        parts.is_left  = Corev;
        parts.is_field = Corev;
        parts.fields   = 1'b1;
      end
      fb_core_pkg::AluBitrev: begin
        parts.shifts   = Corev;
        parts.is_left  = Corev;
        parts.is_field = Corev;
      end
      fb_core_pkg::AluBclr, fb_core_pkg::AluBset: parts.fields = 1'b1;
      fb_core_pkg::AluRor: parts.shifts = Corev;
      fb_core_pkg::AluVecExtract, fb_core_pkg::AluVecExtractu,
      fb_core_pkg::AluVecInsert: parts.lanes = 1'b1;
      fb_core_pkg::AluShuffle, fb_core_pkg::AluShuffle2: parts.shuffles = 1'b1;
      fb_core_pkg::AluFf1, fb_core_pkg::AluFl1, fb_core_pkg::AluClb: parts.scans = 1'b1;
      fb_core_pkg::AluCnt: parts.counts = 1'b1;
      default: ;
    endcase
  end

  logic [31:0] top;  // top bit of every lane
  always_comb begin
    unique case (vec)
      fb_core_pkg::VecHalf:   top = 32'h8000_8000;
      fb_core_pkg::VecByte:   top = 32'h8080_8080;
      fb_core_pkg::VecNibble: top = 32'h8888_8888;
      fb_core_pkg::VecCrumb:  top = 32'haaaa_aaaa;
      default:                top = 32'h8000_0000;
    endcase
  end

  // ---- adder ----
  logic        is_abs;
  logic [31:0] x, y, partial, sum;
  assign is_abs = Corev && op_i == fb_core_pkg::AluAbs;
  always_comb begin
    x       = 'x;
    y       = 'x;
    partial = 'x;
    sum     = 'x;
    if (parts.adds) begin
      x       = is_abs ? 32'd0 : a_i;
      y       = (is_abs ? a_i : b_i) ^ {32{parts.subtract}};
      partial = (parts.subtract ? x | top : x & ~top) + (y & ~top | (parts.subtract ? top : 32'd0)) +
                {31'd0, parts.subtract};
      sum     = partial ^ ((x ^ y) & top);
    end
  end

  // ---- comparison, per lane, at the lanes' top bits ----
  logic [31:0] differ, less_top, less, unequal, holds;
  always_comb begin
    differ   = 'x;
    less_top = 'x;
    less     = 'x;
    unequal  = 'x;
    holds    = 'x;
    if (parts.compares) begin
      differ   = a_i ^ b_i;
      less_top = ((parts.is_signed ? a_i & ~b_i : ~a_i & b_i) | (~differ & sum)) & top;
      // Every bit of a lane = its top bit; 4- and 2-bit lanes have no comparisons, only minimum
      // and maximum.
      unique case (vec)
        fb_core_pkg::VecHalf: begin
          less    = {{16{less_top[31]}}, {16{less_top[15]}}};
          unequal = {{16{differ[31:16] != 16'd0}}, {16{differ[15:0] != 16'd0}}};
        end
        fb_core_pkg::VecByte: begin
          less    = {{8{less_top[31]}}, {8{less_top[23]}}, {8{less_top[15]}}, {8{less_top[7]}}};
          unequal = {{8{differ[31:24] != 8'd0}}, {8{differ[23:16] != 8'd0}},
                     {8{differ[15:8] != 8'd0}}, {8{differ[7:0] != 8'd0}}};
        end
        fb_core_pkg::VecNibble: for (int i = 0; i < 8; i++) less[4*i +: 4] = {4{less_top[4*i+3]}};
        fb_core_pkg::VecCrumb: for (int i = 0; i < 16; i++) less[2*i +: 2] = {2{less_top[2*i+1]}};
        default: begin
          less    = {32{less_top[31]}};
          unequal = {32{differ != 32'd0}};
        end
      endcase
      unique case (op_i)
        fb_core_pkg::AluEq:                      holds = ~unequal;
        fb_core_pkg::AluNe:                      holds = unequal;
        fb_core_pkg::AluGe, fb_core_pkg::AluGeu: holds = ~less;
        fb_core_pkg::AluLe, fb_core_pkg::AluLeu: holds = less | ~unequal;
        fb_core_pkg::AluGt, fb_core_pkg::AluGtu: holds = ~less & unequal;
        default:                                 holds = less;
      endcase
    end
  end
  assign cmp_o = holds[31];

  // ---- add-normalise: rounding before the shift ----
  logic        rounds;
  logic [31:0] normal;
  assign rounds = op_i == fb_core_pkg::AluAddRN || op_i == fb_core_pkg::AluSubRN ||
                  op_i == fb_core_pkg::AluAdduRN || op_i == fb_core_pkg::AluSubuRN;
  always_comb begin
    normal = 'x;
    if (parts.is_normal) begin
      normal = sum + (rounds && len_i != 5'd0 ? 32'd1 << (len_i - 5'd1) : 32'd0);
    end
  end

  // ---- shifter ----
  logic is_bitrev, is_ror;
  assign is_bitrev = Corev && op_i == fb_core_pkg::AluBitrev;
  assign is_ror    = Corev && op_i == fb_core_pkg::AluRor;

  // Five stages, on bit-reversed operands for left shifts.
  logic [31:0] operand, fill, shifted_raw, shifted;
  logic [31:0] select [5];   // stage k moves bit i by 2^k
  logic [31:0] leaves [5];   // … and bit i takes it from beyond its lane
  logic [31:0] mirrored;
  always_comb begin
    operand     = 'x;
    fill        = 'x;
    mirrored    = 'x;
    shifted_raw = 'x;
    shifted     = 'x;
    for (int k = 0; k < 5; k++) begin
      select[k] = 'x;
      leaves[k] = ~(32'hffff_ffff >> (1 << k));
    end
    if (parts.shifts) begin
      operand = parts.is_normal ? normal : a_i;
      fill    = 32'd0;
      for (int k = 0; k < 5; k++) begin
        select[k] = {32{parts.is_field ? pos_i[k] : parts.is_normal ? len_i[k] : b_i[k]}};
      end
      unique case (vec)
        fb_core_pkg::VecHalf: begin
          if (parts.is_arithmetic) fill = {{16{operand[31]}}, {16{operand[15]}}};
          for (int k = 0; k < 4; k++) select[k] = {{16{b_i[16+k]}}, {16{b_i[k]}}};
          select[4] = '0;
          leaves[0] = 32'h8000_8000;
          leaves[1] = 32'hc000_c000;
          leaves[2] = 32'hf000_f000;
          leaves[3] = 32'hff00_ff00;
        end
        fb_core_pkg::VecByte: begin
          if (parts.is_arithmetic) begin
            fill = {{8{operand[31]}}, {8{operand[23]}}, {8{operand[15]}}, {8{operand[7]}}};
          end
          for (int k = 0; k < 3; k++) begin
            select[k] = {{8{b_i[24+k]}}, {8{b_i[16+k]}}, {8{b_i[8+k]}}, {8{b_i[k]}}};
          end
          select[3] = '0;
          select[4] = '0;
          leaves[0] = 32'h8080_8080;
          leaves[1] = 32'hc0c0_c0c0;
          leaves[2] = 32'hf0f0_f0f0;
        end
        fb_core_pkg::VecNibble: begin
          for (int i = 0; i < 8; i++) begin
            if (parts.is_arithmetic) fill[4*i +: 4] = {4{operand[4*i+3]}};
            for (int k = 0; k < 2; k++) select[k][4*i +: 4] = {4{b_i[4*i+k]}};
          end
          select[2] = '0;
          select[3] = '0;
          select[4] = '0;
          leaves[0] = 32'h8888_8888;
          leaves[1] = 32'hcccc_cccc;
        end
        fb_core_pkg::VecCrumb: begin
          for (int i = 0; i < 16; i++) begin
            if (parts.is_arithmetic) fill[2*i +: 2] = {2{operand[2*i+1]}};
            select[0][2*i +: 2] = {2{b_i[2*i]}};
          end
          select[1] = '0;
          select[2] = '0;
          select[3] = '0;
          select[4] = '0;
          leaves[0] = 32'haaaa_aaaa;
        end
        default: if (parts.is_arithmetic) fill = {32{operand[31]}};
      endcase
      shifted_raw = operand;
      if (parts.is_left) begin
        for (int i = 0; i < 32; i++) shifted_raw[i] = operand[31-i];
        if (vec != fb_core_pkg::VecNone) begin
          for (int k = 0; k < 4; k++) begin
            mirrored = select[k];
            for (int i = 0; i < 32; i++) select[k][i] = mirrored[31-i];
          end
        end
      end
      for (int k = 0; k < 5; k++) begin
        shifted_raw = (shifted_raw & ~select[k]) |
                      (select[k] & ((shifted_raw >> (1 << k)) & ~leaves[k] |
                                    (is_ror ? shifted_raw << (32 - (1 << k)) : fill) & leaves[k]));
      end
      shifted = shifted_raw;
      if (parts.is_left) begin
        for (int i = 0; i < 32; i++) shifted[i] = shifted_raw[31-i];
      end
    end
  end

  // ---- everything CORE-V adds ----
  logic [31:0] corev_result;
  if (Corev) begin : gen_corev
    // Bit fields: len + 1 bits from pos, cut at bit 31.
    logic [31:0] ones, field;
    logic [4:0]  last;
    logic [5:0]  end_pos;
    always_comb begin
      end_pos = 'x;
      last    = 'x;
      ones    = 'x;
      field   = 'x;
      if (parts.fields) begin
        end_pos = {1'b0, len_i} + {1'b0, pos_i};
        last    = end_pos[5] ? 5'd31 : end_pos[4:0];
        ones    = 32'hffff_ffff >> (5'd31 - len_i);
        field   = ones << pos_i;
      end
    end

    // Bit reversal: shifted_raw holds the reversed bits of a << pos; put the groups' bits back in
    // order.
    logic [31:0] bitrev;
    always_comb begin
      bitrev = 'x;
      if (parts.shifts && is_bitrev) begin
        bitrev = shifted_raw;
        if (len_i[1:0] == 2'd1) begin
          for (int i = 0; i < 16; i++) bitrev[2*i +: 2] = {shifted_raw[2*i], shifted_raw[2*i+1]};
        end else if (len_i[1:0] == 2'd2) begin
          bitrev = '0;
          for (int i = 0; i < 10; i++) begin
            bitrev[3*i +: 3] = {shifted_raw[3*i], shifted_raw[3*i+1], shifted_raw[3*i+2]};
          end
        end
      end
    end

    // Leading zeros of a (fl1), reversed a (ff1), a without its sign bits (clb); population count.
    // Conditions that skip loops save simulation time and switching.
    logic [31:0] scanned;
    logic [5:0]  zeros, ones_count;
    always_comb begin
      scanned = 'x;
      zeros   = 6'd32;
      if (parts.scans) begin
        scanned = op_i == fb_core_pkg::AluClb ? a_i ^ {32{a_i[31]}} : a_i;
        if (op_i == fb_core_pkg::AluFf1) begin
          for (int i = 0; i < 32; i++) scanned[i] = a_i[31-i];
        end
        for (int i = 0; i < 32; i++) begin
          if (scanned[i]) zeros = 6'd31 - i[5:0];
        end
      end
      ones_count = '0;
      if (parts.counts) begin
        for (int i = 0; i < 32; i++) ones_count = ones_count + {5'd0, a_i[i]};
      end
    end

    // Lane access: lane len of a half-word or byte vector.
    logic        half, is_unsigned;
    logic [4:0]  lane_pos;
    logic [15:0] lane;
    logic [31:0] lane_mask;
    assign half = vec == fb_core_pkg::VecHalf;
    always_comb begin
      is_unsigned = 'x;
      lane_pos    = 'x;
      lane        = 'x;
      lane_mask   = 'x;
      if (parts.lanes) begin
        is_unsigned = op_i == fb_core_pkg::AluVecExtractu;
        lane_pos    = half ? {len_i[0], 4'd0} : {len_i[1:0], 3'd0};
        lane        = half ? (len_i[0] ? a_i[31:16] : a_i[15:0]) : {8'd0, a_i[lane_pos +: 8]};
        lane_mask   = (half ? 32'h0000_ffff : 32'h0000_00ff) << lane_pos;
      end
    end

    // Shuffles.
    logic [31:0] shuffle, source;
    logic [1:0]  index;
    always_comb begin
      shuffle = 'x;
      source  = 'x;
      index   = 'x;
      if (parts.shuffles) begin
        for (int i = 0; i < 4; i++) begin
          source = a_i;
          if (half) begin
            if (op_i == fb_core_pkg::AluShuffle2 && !b_i[16*(i/2)+1]) source = c_i;
            index = {b_i[16*(i/2)], i[0]};
          end else begin
            if (op_i == fb_core_pkg::AluShuffle2 && !b_i[8*i+2]) source = c_i;
            index = b_i[8*i +: 2];
          end
          shuffle[8*i +: 8] = source[{index, 3'd0} +: 8];
        end
      end
    end

    logic [31:0] negated;  // ~b, the lower bound of a signed clip
    logic        below;
    always_comb begin
      negated      = 'x;
      below        = 'x;
      corev_result = 'x;
      if (op_i == fb_core_pkg::AluClip || op_i == fb_core_pkg::AluClipu) begin
        negated = ~b_i;
        below   = op_i == fb_core_pkg::AluClipu ? a_i[31] || a_i == 32'd0
                                                : $signed(a_i) <= $signed(negated);
      end
      if (valid_i) unique case (op_i)
        fb_core_pkg::AluAvg:     corev_result = ((sum >> 1) & ~top) | (sum & top);
        fb_core_pkg::AluAvgu:    corev_result = (sum >> 1) & ~top;
        fb_core_pkg::AluMin, fb_core_pkg::AluMinu: corev_result = (a_i & less) | (b_i & ~less);
        fb_core_pkg::AluMax, fb_core_pkg::AluMaxu: corev_result = (b_i & less) | (a_i & ~less);
        fb_core_pkg::AluAbs: begin
          corev_result = {32{a_i[31]}};
          unique case (vec)
            fb_core_pkg::VecHalf: corev_result = {{16{a_i[31]}}, {16{a_i[15]}}};
            fb_core_pkg::VecByte: begin
              corev_result = {{8{a_i[31]}}, {8{a_i[23]}}, {8{a_i[15]}}, {8{a_i[7]}}};
            end
            fb_core_pkg::VecNibble: begin
              for (int i = 0; i < 8; i++) corev_result[4*i +: 4] = {4{a_i[4*i+3]}};
            end
            fb_core_pkg::VecCrumb: begin
              for (int i = 0; i < 16; i++) corev_result[2*i +: 2] = {2{a_i[2*i+1]}};
            end
            default: ;
          endcase
          corev_result = (sum & corev_result) | (a_i & ~corev_result);
        end
        fb_core_pkg::AluClip:    corev_result = below ? negated : less[31] ? a_i : b_i;
        fb_core_pkg::AluClipu:   corev_result = below ? 32'd0 : less[31] ? a_i : b_i;
        fb_core_pkg::AluExths:   corev_result = {{16{a_i[15]}}, a_i[15:0]};
        fb_core_pkg::AluExthz:   corev_result = {16'd0, a_i[15:0]};
        fb_core_pkg::AluExtbs:   corev_result = {{24{a_i[7]}}, a_i[7:0]};
        fb_core_pkg::AluExtbz:   corev_result = {24'd0, a_i[7:0]};
        fb_core_pkg::AluExtract: corev_result = (shifted & ones) | ({32{a_i[last]}} & ~ones) |
                                                (end_pos[5] ? {32{a_i[31]}} << (5'd31 - pos_i) : 32'd0);
        fb_core_pkg::AluExtractu: corev_result = shifted & ones;
        fb_core_pkg::AluInsert:  corev_result = (c_i & ~field) | (shifted & field);
        fb_core_pkg::AluBclr:    corev_result = a_i & ~field;
        fb_core_pkg::AluBset:    corev_result = a_i | field;
        fb_core_pkg::AluBitrev:  corev_result = bitrev;
        fb_core_pkg::AluFf1:     corev_result = {26'd0, zeros};
        fb_core_pkg::AluFl1:     corev_result = zeros[5] ? 32'd32 : {27'd0, 5'd31 - zeros[4:0]};
        fb_core_pkg::AluClb:     corev_result = a_i == 32'd0 ? 32'd0 : {26'd0, zeros - 6'd1};
        fb_core_pkg::AluCnt:     corev_result = {26'd0, ones_count};
        fb_core_pkg::AluVecExtract, fb_core_pkg::AluVecExtractu:
          corev_result = half ? {{16{lane[15] && !is_unsigned}}, lane}
                              : {{24{lane[7] && !is_unsigned}}, lane[7:0]};
        fb_core_pkg::AluVecInsert:
          corev_result = (c_i & ~lane_mask) | ((half ? {2{a_i[15:0]}} : {4{a_i[7:0]}}) & lane_mask);
        fb_core_pkg::AluShuffle, fb_core_pkg::AluShuffle2: corev_result = shuffle;
        fb_core_pkg::AluPackLo:  corev_result = {a_i[15:0], b_i[15:0]};
        fb_core_pkg::AluPackHi:  corev_result = {a_i[31:16], b_i[31:16]};
        fb_core_pkg::AluPackHiB: corev_result = {a_i[7:0], b_i[7:0], c_i[15:0]};
        fb_core_pkg::AluPackLoB: corev_result = {c_i[31:16], a_i[7:0], b_i[7:0]};
        default:                 corev_result = shifted;  // add-normalise, rotation
      endcase
    end
  end else begin : gen_no_corev
    assign corev_result = '0;  // selected by no operation of the level
    logic unused_corev;
    assign unused_corev = ^{c_i, len_i, pos_i, vec_i};
  end

  always_comb begin
    result_o = 'x;
    if (valid_i) unique case (op_i)
      fb_core_pkg::AluAdd, fb_core_pkg::AluSub: result_o = sum;
      fb_core_pkg::AluSrl, fb_core_pkg::AluSra, fb_core_pkg::AluSll: result_o = shifted;
      fb_core_pkg::AluAnd: result_o = a_i & b_i;
      fb_core_pkg::AluOr:  result_o = a_i | b_i;
      fb_core_pkg::AluXor: result_o = a_i ^ b_i;
      fb_core_pkg::AluEq, fb_core_pkg::AluNe, fb_core_pkg::AluLt, fb_core_pkg::AluLe,
      fb_core_pkg::AluGt, fb_core_pkg::AluGe, fb_core_pkg::AluLtu, fb_core_pkg::AluLeu,
      fb_core_pkg::AluGtu, fb_core_pkg::AluGeu:
        result_o = vec == fb_core_pkg::VecNone ? {31'd0, holds[31]} : holds;
      default: if (Corev) result_o = corev_result;
    endcase
  end

endmodule

`default_nettype wire
