// The emoji that can be added to a post, by Mattermost's names.

const characters = new Map([["+1", "👍"], ["-1", "👎"], ["eyes", "👀"], ["heart", "❤️"], ["tada", "🎉"],
  ["white_check_mark", "✅"], ["x", "❌"], ["hourglass", "⌛"], ["hourglass_flowing_sand", "⏳"], ["robot_face", "🤖"],
  ["warning", "⚠️"], ["thinking_face", "🤔"]]);

export const emojiNames = [...characters.keys()];

/** The character of an emoji, or its name as people write it. */
export const emoji = name => characters.get(name) ?? `:${name}:`;
